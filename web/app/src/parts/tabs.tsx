// Tabs by the ARIA pattern: arrows move, Home and End jump, the chosen one is in
// the tab order.
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";

interface Tab { key: string; name: ComponentChildren }

export function Tabs({ label, tabs, chosen, choose, children }: { label: string; tabs: Tab[]; chosen: string; choose: (key: string) => void; children: ComponentChildren }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const at = Math.max(0, tabs.findIndex((t) => t.key === chosen));
  const move = (e: KeyboardEvent) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const n = (to + tabs.length) % tabs.length;
    choose(tabs[n]?.key ?? chosen);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[n]?.focus();
  };
  return (
    <>
      <div class="tabs noprint" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {tabs.map((t, i) => (
          <button key={t.key} type="button" role="tab" id={`${id}-${i}`} aria-selected={i === at} aria-controls={`${id}-panel`} tabIndex={i === at ? 0 : -1} onClick={() => choose(t.key)}>{t.name}</button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${at}`}>{children}</div>
    </>
  );
}

// Segments is one choice of a few, as radio buttons in a row.
export function Segments({ label, options, chosen, choose, name }: { label: string; options: { key: string; name: ComponentChildren; title?: string | undefined; off?: boolean }[]; chosen: string; choose: (key: string) => void; name?: string }) {
  const id = useId();
  return (
    <fieldset class="field">
      <legend>{label}</legend>
      <div class="seg">
        {options.map((o) => (
          <label key={o.key} title={o.title}>
            <input type="radio" name={name ?? id} value={o.key} checked={o.key === chosen} disabled={o.off} onChange={() => choose(o.key)} />{o.name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
