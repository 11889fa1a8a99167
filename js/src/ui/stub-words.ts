// What the stub says where the bundle, which has all other words, does not come.
import { isSpanish } from "./language";

export const en = {
  noAnswer: "the kernel did not answer",
  notLoaded: (why: string) =>
    `The chainviz view could not be loaded (${why}): run the cell again, or restart the kernel.`,
};

export const es: typeof en = {
  noAnswer: "el kernel no respondió",
  notLoaded: (why) =>
    `No se pudo cargar la vista de chainviz (${why}): vuelve a ejecutar la celda, o reinicia el kernel.`,
};

export const stubWords = () => (isSpanish() ? es : en);
