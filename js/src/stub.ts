// The module of every widget but the bundle. A view is drawn by the bundle, which one hidden widget holds; a widget
// that is no view (a trace's feed and control) only lends its model, by what `initialize` returns.

interface Model {
  get(name: string): unknown;
  send(content: unknown): void;
  on(name: string, callback: (content: unknown) => void): void;
  off(name: string, callback: (content: unknown) => void): void;
}

interface Props {
  model: Model;
  el: HTMLElement;
  signal?: AbortSignal;
  host?: { getWidget?(ref: unknown): Promise<{ exports: Assets | undefined }> };
}

interface Bundle {
  mount(props: Props): () => void;
}

/** What the bundle's module gives: it unpacks itself when it is needed. */
interface Assets {
  load(): Promise<Bundle>;
}

const LIMIT = 10_000;
const shared = globalThis as { chainvizBundles?: Map<unknown, Promise<Bundle>> };

/** What a host does with the hidden widget's module. */
async function load(url: string): Promise<Bundle> {
  return (await import(url)).default.initialize().load();
}

/** Asks the widget's own kernel side for the bundle's text. */
function ask(model: Model): Promise<Bundle> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => done(() => reject("no answer")), LIMIT);
    const done = (settle: () => void) => {
      clearTimeout(timer);
      model.off("msg:custom", receive);
      settle();
    };
    const receive = (content: unknown) => {
      const { type, source } = content as { type?: string; source?: string };
      if (type !== "bundle" || !source) return;
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      done(() => load(url).then(resolve, reject));
    };
    model.on("msg:custom", receive);
    model.send({ type: "bundle" });
  });
}

async function bundle({ model, host }: Props): Promise<Bundle> {
  const ref = model.get("bundle");
  if (host?.getWidget) {
    const found = await host.getWidget(ref).catch(() => null);
    if (found?.exports) return found.exports.load();
  }
  shared.chainvizBundles ??= new Map();
  const known = shared.chainvizBundles;
  let asked = known.get(ref);
  if (!asked) {
    asked = ask(model);
    known.set(ref, asked);
    asked.catch(() => known.delete(ref));
  }
  return asked;
}

function card({ el, model }: Props, why: unknown): void {
  el.setAttribute("role", "alert");
  el.style.cssText = "padding:8px 12px;border:1px solid;font:13px system-ui";
  el.textContent = `${model.get("lost")} (${why})`;
}

export default {
  initialize: ({ model }: { model: Model }) => ({ model }),
  async render(props: Props) {
    try {
      const { mount } = await bundle(props);
      return props.signal?.aborted ? undefined : mount(props);
    } catch (error) {
      return card(props, error);
    }
  },
};
