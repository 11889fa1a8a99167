// Selection, filter and cursor, shared with all views of the trace on other pages and with the kernel's user.
import { effect } from "@preact/signals";
import { type Ask, type Channel, PAGE } from "../wire/requests";
import type { Screen } from "../wire/types";
import type { Store } from "./store";

const PAUSE = 100;

export function share(store: Store, feed: Channel, ask: Ask, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stateOf = () => ({
    selected: store.selection.value.run,
    filter: store.filter.value.source,
    cursor: store.replay.speed.value === null ? store.cursor.value : store.cursor.peek(),
  });
  let known = JSON.stringify(stateOf());

  const send = () => {
    const state = stateOf();
    known = JSON.stringify(state);
    ask({ type: "screen", ...state, origin: PAGE }).catch(() => {});
  };
  const receive = (content: unknown) => {
    const screen = content as Screen;
    if (screen?.type === "screen") show(screen);
  };
  const show = (screen: Screen) => {
    if (screen.origin === PAGE) return;
    store.show(screen);
    // Who has set it knows it.
    known = JSON.stringify(stateOf());
    clearTimeout(timer);
  };
  store.onScreen = show;
  const stop = effect(() => {
    const state = JSON.stringify(stateOf());
    clearTimeout(timer);
    if (state !== known) timer = setTimeout(send, PAUSE);
  });
  feed.on("msg:custom", receive);
  signal.addEventListener("abort", () => {
    feed.off("msg:custom", receive);
    clearTimeout(timer);
    stop();
  });
}
