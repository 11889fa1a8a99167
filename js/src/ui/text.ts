// Text from outside, made safe to look at: control, bidi and zero-width characters and lone surrogates are shown.

// Tab and line break are left alone, and a zero-width joiner inside an emoji is part of the picture.
const HIDDEN = /(?![\t\n]|(?<=\p{Extended_Pictographic}\ufe0f?)\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function shown(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}

export function visible(text: string): string {
  return text.replace(HIDDEN, shown);
}

/** One line of text for a row: line breaks are shown, and no more than `limit` characters are kept. */
export function oneLine(text: string, limit = 300): string {
  const head = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return visible(head.replaceAll("\r\n", "\n").replaceAll("\n", "⏎")).replaceAll("\t", " ");
}
