// Text from outside, made safe to look at: control, bidi and zero-width characters and lone surrogates are shown.

// Tab and line break are left alone, and a zero-width joiner inside an emoji is part of the picture.
const HIDDEN = /(?![\t\n]|(?<=\p{Extended_Pictographic}\ufe0f?)\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function shown(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}

const PLAIN = /^[\t\n -~]*$/;

export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN, shown);
}

/** The first so many characters, less the first half of one that is cut in two. */
export function headOf(text: string, length: number): string {
  return text.slice(0, (text.charCodeAt(length - 1) & 0xfc00) === 0xd800 ? length - 1 : length);
}

/** One line of text for a row: line breaks are shown, and no more than `limit` characters are kept. */
export function oneLine(text: string, limit = 300): string {
  const head = text.length > limit ? `${headOf(text, limit)}…` : text;
  return visible(head.replaceAll("\r\n", "\n").replaceAll("\n", "⏎")).replaceAll("\t", " ");
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uffe6]|[\ud83c-\ud83e]./g;

/** The lines of a text, none longer than `columns` characters; broken after a space where there is one. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const line of visible(text).split("\n")) {
    let rest = line.replaceAll("\t", "    ");
    for (;;) {
      const most = columns - (rest.slice(0, columns).match(WIDE)?.length ?? 0) / 2;
      if (rest.length <= most) break;
      const space = rest.lastIndexOf(" ", most) + 1;
      const head = headOf(rest, space > most / 2 ? space : Math.max(2, Math.floor(most)));
      lines.push(head);
      rest = rest.slice(head.length);
    }
    lines.push(rest);
  }
  return lines;
}
