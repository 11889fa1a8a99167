// Style and theme of a view's root, in the page or in a shadow root.
import css from "../style/index.css?inline";
import { isShortcut } from "./events";
import { words } from "./words";

const MARK = "data-chainviz";

/** What a root of ours wears, by name. */
const sheets = new Map([["panel", css]]);

/** Adds the sheets to where `el` stands, in the page or in a shadow root. */
function addStyles(el: HTMLElement): void {
  const root = el.getRootNode();
  const home = root instanceof ShadowRoot ? root : document.head;
  for (const [name, sheet] of sheets) {
    if (home.querySelector(`style[${MARK}=${name}]`)) continue;
    const style = document.createElement("style");
    style.setAttribute(MARK, name);
    style.textContent = sheet;
    home.append(style);
  }
}

/** Has `el`, and each root that is dressed from now on, wear one more sheet. */
export function wear(el: HTMLElement, name: string, sheet: string): void {
  sheets.set(name, sheet);
  addStyles(el);
}

const above = (el: Element) => el.parentElement ?? (el.getRootNode() as Partial<ShadowRoot>).host;

/** Whether the host is dark: by its variable, else by what it paints behind `el`, else by what the person prefers. */
function isDark(el: HTMLElement): boolean {
  const probe = el.appendChild(document.createElement("i"));
  // However a colour is written, mixed with itself it is three numbers up to 1, and a fourth where it lets light through.
  const parts = (colour: string) => {
    probe.style.color = `color-mix(in srgb, ${colour}, ${colour})`;
    return (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  };
  let [red = 0, green = 0, blue = 0, opacity = 1] = parts("var(--jp-layout-color1, transparent)");
  for (let node = above(el); node && opacity < 0.5; node = above(node)) {
    [red = 0, green = 0, blue = 0, opacity = 1] = parts(getComputedStyle(node).backgroundColor);
  }
  probe.remove();
  if (opacity < 0.5) return matchMedia("(prefers-color-scheme: dark)").matches;
  return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5;
}

/** Makes `el` a root of ours; what it needs may be known only once it stands in a document, so it is looked at again. */
export function dress(el: HTMLElement, signal: AbortSignal): void {
  el.classList.add("cv-root");
  // A page of our own says no language: it is the one that its words are chosen in.
  document.documentElement.lang ||= words.locale;
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  // A host's bare-key shortcuts match the focused element before they reach the attribute: they would cut cells.
  const keep = (event: KeyboardEvent) => {
    if (!isShortcut(event)) event.stopPropagation();
  };
  el.addEventListener("keydown", keep, { signal });
  let home: Node | null = null;
  const look = () => {
    const root = el.getRootNode();
    if (root !== home) addStyles(el);
    home = root;
    el.dataset.theme = isDark(el) ? "dark" : "light";
  };
  look();
  const resized = new ResizeObserver(look);
  resized.observe(el);
  const themed = new MutationObserver(look);
  for (const node of [document.body, document.documentElement]) {
    themed.observe(node, { attributes: true });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look, { signal });
  signal.addEventListener("abort", () => {
    resized.disconnect();
    themed.disconnect();
  });
}
