// Style and theme of a view's root, in the page or in a shadow root.
import css from "../style/index.css?inline";

const MARK = "data-chainviz";

function addStyle(root: Document | ShadowRoot): void {
  const home = root instanceof ShadowRoot ? root : root.head;
  if (home.querySelector(`style[${MARK}]`)) return;
  const style = document.createElement("style");
  style.setAttribute(MARK, "");
  style.textContent = css;
  home.append(style);
}

function isDark(el: HTMLElement): boolean {
  const background = getComputedStyle(el).getPropertyValue("--jp-layout-color1").trim();
  if (background === "") return matchMedia("(prefers-color-scheme: dark)").matches;
  // The browser turns any way of writing a colour into rgb().
  const probe = el.appendChild(document.createElement("i"));
  probe.style.color = "var(--jp-layout-color1)";
  const [red = 255, green = 255, blue = 255] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  probe.remove();
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

/** Makes `el` a root of ours; what it needs may be known only once it stands in a document, so it is looked at again. */
export function dress(el: HTMLElement, signal: AbortSignal): void {
  el.classList.add("cv-root");
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  // A host's bare-key shortcuts match the focused element before they reach the attribute: they would cut cells.
  const keep = (event: KeyboardEvent) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  };
  el.addEventListener("keydown", keep, { signal });
  let home: Node | null = null;
  const look = () => {
    const root = el.getRootNode();
    if (root !== home) addStyle(root instanceof ShadowRoot ? root : document);
    home = root;
    el.dataset.theme = isDark(el) ? "dark" : "light";
  };
  look();
  const resized = new ResizeObserver(look);
  resized.observe(el);
  const themed = new MutationObserver(look);
  for (const node of [document.body, document.documentElement]) {
    themed.observe(node, { attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "class", "style"] });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look, { signal });
  signal.addEventListener("abort", () => {
    resized.disconnect();
    themed.disconnect();
  });
}
