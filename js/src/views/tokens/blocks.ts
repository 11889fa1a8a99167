// A growing text in blocks: only the last one changes, so the browser lays out a few hundred characters, not all.

export const BLOCK = 400;
const LIMIT = 4000;
// Blocks further up than these keep their marks as mere text: an element a token would be too much for a page.
const MARKED = 8;

/** Appends texts to an element in closed blocks; with `mark`, a sign stands after each text. */
export class Blocks {
  private block: HTMLElement | null = null;
  private size = 0;
  private endsLine = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly mark: string | null,
  ) {
    host.textContent = "";
  }

  add(texts: readonly string[]): void {
    if (this.mark !== null) for (const text of texts) this.put(text, this.mark);
    else if (texts.length > 0) this.put(texts.join(""), null);
  }

  private put(text: string, mark: string | null): void {
    const block = this.open();
    // One text node a block, joined where no marks stand between.
    const last = block.lastChild;
    if (last instanceof Text) last.appendData(text);
    else if (text !== "") block.append(text);
    if (mark !== null) block.append(Object.assign(document.createElement("i"), { textContent: mark }));
    this.size += text.length + 1;
    if (text !== "") this.endsLine = text.endsWith("\n");
  }

  // A block is closed at a line's end, where closing cannot be seen, or when it has grown far too long.
  private open(): HTMLElement {
    const full = this.size > LIMIT || (this.size > BLOCK && this.endsLine);
    if (this.block && !full) return this.block;
    const old = this.host.children[this.host.children.length - MARKED];
    if (old?.firstElementChild) old.replaceChildren(old.textContent ?? "");
    this.block = this.host.appendChild(document.createElement("div"));
    this.block.className = "cv-block";
    this.size = 0;
    return this.block;
  }
}
