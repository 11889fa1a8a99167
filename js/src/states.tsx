// What layout.js gives a page besides the layout itself: the view of graphs of states. What it shares with the bundle,
// the bundle lends it.
import { workBy } from "./views/graph/arranger";
import { PlacedStates } from "./views/graph/placed";

/** The view; a worker with the script at `url` lays out its graphs, where there is one. */
export default function statesBy(url: string | null): typeof PlacedStates {
  if (url) workBy(url);
  return PlacedStates;
}
