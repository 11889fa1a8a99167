// The bundle: what a stub or a saved page calls. Evaluated once on a page, so all views share its stores.
import { render } from "preact";
import { builderScript } from "./script";
import { type Ends, storeOf } from "./store/registry";
import { Store } from "./store/store";
import { EMPTY } from "./store/trace";
import { ErrorCard, Guard } from "./ui/guard";
import { dress } from "./ui/theme";
import { words } from "./ui/words";
import { StoreContext } from "./views/context";
import { VIEWS } from "./views/views";
import type { Manager } from "./wire/notebook";
import { type Channel, requester } from "./wire/requests";
import type { Graph, Snapshot } from "./wire/types";

interface Host {
  getWidget?(ref: string): Promise<{ exports: unknown }>;
}

interface Model extends Channel {
  widget_manager?: Manager & { get_model(id: string): Promise<Channel> };
}

interface MountProps {
  model: Model;
  el: HTMLElement;
  host?: Host;
  signal?: AbortSignal;
}

const text = (model: Channel, name: string) => String(model.get(name) ?? "");

/** The model behind a widget reference. A stub exports its own, which outlives the view that asks. */
async function channel({ model, host }: MountProps, ref: string): Promise<Channel> {
  if (host?.getWidget) return ((await host.getWidget(ref)).exports as { model: Channel }).model;
  if (!model.widget_manager) throw new Error(words.noTrace);
  return model.widget_manager.get_model(ref.slice(ref.indexOf(":") + 1));
}

async function ends(props: MountProps, refs: { feed: string; control: string }): Promise<Ends> {
  const [feed, control] = await Promise.all([channel(props, refs.feed), channel(props, refs.control)]);
  return { feed, control };
}

async function paintBuilder(props: MountProps, refs: { feed: string; control: string }, signal: AbortSignal) {
  const { el, model } = props;
  try {
    const both = await ends(props, refs);
    const draw = await builderScript(both.control);
    if (!signal.aborted) draw(both, (run) => ends(props, run), { el, manager: model.widget_manager, signal });
  } catch (error) {
    const again = () => void paintBuilder(props, refs, signal);
    if (!signal.aborted) render(<ErrorCard error={error} onRetry={again} />, el);
  }
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

const PATIENCE = 200;

/** Waits for the first of the trace, so that a view is drawn once, not empty first; not for long. */
async function firstOf({ newest }: Store): Promise<void> {
  let stop = () => {};
  const known = new Promise<void>((resolve) => {
    stop = newest.subscribe((trace) => trace !== EMPTY && resolve());
  });
  await Promise.race([known, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  stop();
}

/** Shows the view that the model names; returns what takes it down. */
export function mount(props: MountProps): () => void {
  const { model, el } = props;
  const controller = new AbortController();
  const { signal } = controller;
  const down = () => {
    controller.abort();
    render(null, el);
  };
  props.signal?.addEventListener("abort", down, { signal });
  dress(el, signal);
  el.dataset.picture = text(model, "mark"); // hides its picture for those who open the notebook without a kernel
  try {
    const view = text(model, "view");
    const trace = text(model, "trace");
    const refs = { feed: text(model, "feed"), control: text(model, "control") };
    const graph = model.get("graph") as Graph | null;
    if (view === "builder") {
      void paintBuilder(props, refs, signal);
    } else if (trace) {
      const store = storeOf(trace, () => ends(props, refs), words, signal);
      void firstOf(store).then(() => signal.aborted || paint(el, view, store));
    } else {
      if (!graph) throw new Error(words.noTrace);
      const store = new Store(graph);
      store.ask = requester(model, signal, words.late);
      paint(el, view, store);
    }
  } catch (error) {
    render(<ErrorCard error={error} />, el);
  }
  return down;
}

/** Shows a trace without a kernel, from its snapshot; or a chain, from its graph. */
export function mountPage(el: HTMLElement, what: { snapshot?: Snapshot; graph?: Graph; view?: string }): () => void {
  const controller = new AbortController();
  dress(el, controller.signal);
  const store = new Store(what.snapshot ? null : (what.graph ?? null), undefined, words);
  if (what.snapshot) {
    store.apply({ ...what.snapshot.batch, closed: true });
    store.meet(what.snapshot);
    controller.signal.addEventListener("abort", () => store.replay.pause());
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
