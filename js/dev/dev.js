// Shows a recorded trace on a fake kernel:  ?recording=retrieval&view=trace&until=30&speed=1&graph=1
//   until: events that have happened (default all)    speed: replay at this rate instead    saved=1: as a saved page
//   graph=1: the graph alone, not running
import { playback } from "./playback.js";

const query = new URLSearchParams(location.search);
const name = query.get("recording") ?? "retrieval";
const path = name === "retrieval" ? "../tests/golden/retrieval-snapshot.json" : `./recordings/${name}.json`;
const snapshot = await (await fetch(path)).json();
const el = document.querySelector("#view");
const view = query.get("view") ?? "trace";
const graph = snapshot.batch.graphs[0]?.graph;

if (query.has("saved")) {
  chainviz.mountPage(el, { snapshot, view });
} else if (query.has("graph")) {
  chainviz.mountPage(el, { graph });
} else {
  const kernel = playback(snapshot, Number(query.get("until") ?? snapshot.batch.to_seq));
  chainviz.mount({ el, model: kernel.model({ view }), host: kernel.host });
  if (query.has("speed")) kernel.replay(Number(query.get("speed")));
}
