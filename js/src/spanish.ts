// The Spanish words, for pages that speak Spanish: run before the bundle, which takes them from here.
import { es } from "./ui/es";

Object.assign(globalThis, { chainvizSpanish: es });
