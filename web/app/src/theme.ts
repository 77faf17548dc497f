// Light, dark, or as the system says. The choice is the reader's, not the view's:
// it is kept in the browser and not in the URL.
import { signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";
const key = "coldtrail-theme";

function kept(): Theme {
  try {
    const t = localStorage.getItem(key);
    return t === "light" || t === "dark" ? t : "auto";
  } catch {
    return "auto"; // storage may be forbidden
  }
}

export const theme = signal<Theme>(kept());
// shown counts changes of what is seen, for pictures that are not drawn by CSS.
export const shown = signal(0);

theme.subscribe((t) => {
  if (t === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = t;
  try {
    if (t === "auto") localStorage.removeItem(key);
    else localStorage.setItem(key, t);
  } catch { /* as above */ }
  shown.value = shown.peek() + 1;
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown.value++);

// colour reads one of the tokens of style.css as it stands now.
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
