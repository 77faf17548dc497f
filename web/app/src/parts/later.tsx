// A part of a page that is loaded when it is first shown.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Busy, Problem } from "./problem.tsx";

export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>, what: string): ComponentType<P> {
  return function Later(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | null>(null);
    const [failed, setFailed] = useState<unknown>();
    useEffect(() => {
      load().then((m) => setPart(() => m.default), setFailed);
    }, []);
    return failed ? <Problem of={failed} retry={() => location.reload()} /> : Part ? <Part {...props} /> : <Busy what={what} />;
  };
}
