// Drawers are dialogs of the browser's own: they hold the focus, close on Escape
// and give the focus back.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface Props { title: ComponentChildren; close: () => void; children: ComponentChildren }

export function Dialog({ title, close, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as (HTMLElement | SVGElement | null);
    ref.current?.showModal();
    return () => before?.isConnected && before.focus({ preventScroll: true });
  }, []);
  return (
    <dialog ref={ref} class="drawer" aria-labelledby={id} onCancel={(e) => (e.preventDefault(), close())} onClick={(e) => e.target === ref.current && close()}>
      <div class="inside">
        <div class="row apart top">
          <h2 id={id} tabIndex={-1}>{title}</h2>
          <button type="button" onClick={close} aria-label="Close">✕ Close</button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
