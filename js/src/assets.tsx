// The bundle: what a stub or a saved page calls. Evaluated once on a page, so all views share its stores.
import { render } from "preact";
import { type Ends, storeOf } from "./store/registry";
import { Store } from "./store/store";
import { ErrorCard, Guard } from "./ui/parts";
import { dress } from "./ui/theme";
import { words } from "./ui/words";
import { StoreContext } from "./views/context";
import { VIEWS } from "./views/views";
import { type Channel, requester } from "./wire/requests";
import type { Graph, Snapshot } from "./wire/types";

interface Host {
  getWidget?(ref: string): Promise<{ exports: unknown }>;
}

interface Model extends Channel {
  widget_manager?: { get_model(id: string): Promise<Channel> };
}

export interface MountProps {
  model: Model;
  el: HTMLElement;
  host?: Host;
  signal?: AbortSignal;
}

const text = (model: Channel, name: string) => String(model.get(name) ?? "");

/** The model behind a widget reference. A stub exports its own, which outlives the view that asks. */
async function channel({ model, host }: MountProps, name: string): Promise<Channel> {
  const ref = text(model, name);
  if (host?.getWidget) return ((await host.getWidget(ref)).exports as { model: Channel }).model;
  if (!model.widget_manager) throw new Error(words.noTrace);
  return model.widget_manager.get_model(ref.slice(ref.indexOf(":") + 1));
}

async function ends(props: MountProps): Promise<Ends> {
  const [feed, control] = await Promise.all([channel(props, "feed"), channel(props, "control")]);
  return { feed, control };
}

function paint(el: HTMLElement, view: string, store: Store): void {
  const View = VIEWS.get(view) ?? VIEWS.get("trace");
  if (!View) return;
  render(
    <Guard>
      <StoreContext.Provider value={store}>
        <View />
      </StoreContext.Provider>
    </Guard>,
    el,
  );
}

/** Shows the view that the model names; returns what takes it down. */
export function mount(props: MountProps): () => void {
  const { model, el } = props;
  const controller = new AbortController();
  const down = () => {
    controller.abort();
    render(null, el);
  };
  props.signal?.addEventListener("abort", down, { signal: controller.signal });
  dress(el, controller.signal);
  el.dataset.picture = text(model, "mark"); // hides its picture for those who open the notebook without a kernel
  try {
    const trace = text(model, "trace");
    const graph = model.get("graph") as Graph | null;
    if (trace === "" && !graph) throw new Error(words.noTrace);
    const store = trace ? storeOf(trace, () => ends(props), words, controller.signal) : new Store(graph);
    if (!trace) store.ask = requester(model, controller.signal, words.late);
    paint(el, text(model, "view"), store);
  } catch (error) {
    render(<ErrorCard error={error} />, el);
  }
  return down;
}

/** Shows a trace without a kernel, from its snapshot; or a chain, from its graph. */
export function mountPage(el: HTMLElement, what: { snapshot?: Snapshot; graph?: Graph; view?: string }): () => void {
  const controller = new AbortController();
  dress(el, controller.signal);
  const store = new Store(what.snapshot ? null : (what.graph ?? null));
  if (what.snapshot) {
    store.apply({ ...what.snapshot.batch, closed: true });
    store.meet(what.snapshot);
    controller.signal.addEventListener("abort", () => store.pause());
  }
  paint(el, what.view ?? (what.snapshot ? "trace" : "graph"), store);
  return () => {
    controller.abort();
    render(null, el);
  };
}

export default {
  initialize: () => ({ mount, mountPage }),
};
