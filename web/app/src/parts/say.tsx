// What has changed, said to those who do not see it.
import { signal } from "@preact/signals";

const words = signal("");

export function say(text: string): void {
  words.value = "";
  setTimeout(() => (words.value = text), 50);
}

// Said stands once, in the frame.
export const Said = () => <div class="sr" role="status" aria-live="polite">{words.value}</div>;
