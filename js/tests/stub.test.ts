import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import stub from "../src/stub";
import { FakeChannel } from "./fakes";

let el: HTMLElement;
beforeEach(() => {
  vi.useFakeTimers();
  el = document.createElement("div");
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the stub", () => {
  it("lends its model, as a trace's hidden widgets do", () => {
    const model = new FakeChannel();
    expect(stub.initialize({ model })).toEqual({ model });
  });

  it("mounts the view by the bundle that the host finds", async () => {
    const down = () => {};
    const mount = vi.fn(() => down);
    const model = new FakeChannel({ bundle: "anywidget:b" });
    const getWidget = vi.fn(async () => ({ exports: { load: async () => ({ mount }) } }));
    expect(await stub.render({ model, el, host: { getWidget } })).toBe(down);
    expect(getWidget).toHaveBeenCalledWith("anywidget:b");
    expect(mount).toHaveBeenCalledWith(expect.objectContaining({ model, el }));
    expect(model.sent).toEqual([]);
  });

  it("asks its own kernel side where the host finds none, and says in a card that no answer came", async () => {
    const lost = "This view of chainviz could not be loaded.";
    const model = new FakeChannel({ bundle: "anywidget:gone", lost });
    const getWidget = async () => {
      throw new Error("no such model");
    };
    const rendered = stub.render({ model, el, host: { getWidget } });
    await vi.advanceTimersByTimeAsync(0);
    expect(model.sent).toEqual([{ type: "bundle" }]);
    await vi.advanceTimersByTimeAsync(10_000);
    await rendered;
    expect(el.getAttribute("role")).toBe("alert");
    expect(el.textContent).toBe(`${lost} (no answer)`);
    expect(model.listeners.size).toBe(0);
  });

  it("asks once for all views of one bundle", async () => {
    const models = [new FakeChannel({ bundle: "anywidget:x" }), new FakeChannel({ bundle: "anywidget:x" })];
    const rendered = models.map((model) => stub.render({ model, el }));
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(rendered);
    expect(models.flatMap((model) => model.sent)).toHaveLength(1);
  });
});
