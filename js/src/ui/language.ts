// The language of the words: the one that the person chose, that of the page around, or that of the browser.

export const KEY = "chainviz";

function chosen(): unknown {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}")?.language;
  } catch {
    return "";
  }
}

export const isSpanish = () => String(chosen() || document.documentElement.lang || navigator.language).startsWith("es");
