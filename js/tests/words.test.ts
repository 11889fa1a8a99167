// Every word on the screen in both languages.
import { describe, expect, it } from "vitest";
import { phrases } from "../src/ui/builder-words";
import { es } from "../src/ui/es";
import { words } from "../src/ui/words";

/** Each text of a table by its path; what is made of values, made of `sample`. */
function texts(table: object, sample: unknown[], path = ""): [string, string][] {
  return Object.entries(table).flatMap(([key, word]) => {
    const at = `${path}/${key}`;
    if (typeof word === "function") return [[at, String(word(...sample))]];
    return typeof word === "object" ? texts(word as object, sample, at) : [[at, String(word)]];
  });
}

const SAMPLE = ["⟦1⟧", "⟦2⟧", "⟦3⟧"];
const english = texts({ ...words, build: phrases }, SAMPLE).sort();
const spanish = texts(es, SAMPLE).sort();

// Names of formats and of classes, signs, and words that are the same in both.
const SAME =
  /^\/(tokens|perSecond|tokenCount|error|oneError|units\/bytes|build\/variable|times|point|titles\/tokens|columns\/seq|chips\/slow|kinds\/(llm|prompt)|jsonSchema|formats\/(python|mermaid|dot|svg)|build\/code|build\/kept|slot)$/;

describe("the words", () => {
  it("are there in Spanish, each of them, and are no English ones", () => {
    expect(spanish.map(([path]) => path)).toEqual(english.map(([path]) => path));
    const same = spanish.filter(([path, text], index) => text === english[index]?.[1] && !SAME.test(path));
    expect(same).toEqual([]);
    expect(spanish.filter(([, text]) => text === "" || /undefined|null/.test(text))).toEqual([]);
  });

  it("say each value that they are made of", () => {
    const said = (list: [string, string][]) =>
      list.map(([path, text]) => [path, [...new Set(text.match(/⟦\d⟧/g))].sort()]);
    expect(said(spanish)).toEqual(said(english));
  });
});
