// What a trace of very many runs must not cost.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stepState } from "../src/store/metrics";
import { duration, type Run } from "../src/store/runs";
import { MOST_EVENTS, Store } from "../src/store/store";
import { traceAt } from "../src/store/trace";
import { hidden } from "../src/views/layout";
import { settled } from "./fakes";
import { Story, show } from "./story";

const ROOTS = 300;

/** Root runs with a model in each, of which some fail and some are still open while others begin. */
function many(): ReturnType<Story["snapshot"]> {
  const story = new Story();
  for (let at = 0; at < ROOTS; at++) {
    story.start(`root-${at}`, null, "", "chain").start(`model-${at}`, `root-${at}`, "seq:1", "model", "chat_model");
    if (at % 3 === 0) story.say(`model-${at}`, ["a", "b"]);
    if (at % 7 === 0) story.fail(`model-${at}`);
    else story.end(`model-${at}`);
    story.say(`root-${at}`, ["a"]);
    // One in five ends after the next one has ended.
    if (at % 5 > 0) story.end(`root-${at}`);
    if (at % 5 === 1) story.end(`root-${at - 1}`);
  }
  return story.snapshot();
}

/** For how long any of the runs went on, which stand in the order of their starts. */
function lasting(runs: readonly Run[], now: number): number {
  let [sum, until] = [0, 0];
  for (const run of runs) {
    const end = run.start + duration(run, now);
    sum += Math.max(0, end - Math.max(until, run.start));
    until = Math.max(until, end);
  }
  return sum;
}

describe("very many runs", () => {
  it("stand in a step as they would if each were looked at", () => {
    const store = new Store();
    store.apply(many().batch);
    const newest = store.newest.value;
    for (let seq = 0; seq <= newest.have; seq += 11) {
      const trace = traceAt(newest, seq);
      for (const step of store.steps.value.byKey.values()) {
        const runs = step.runs.map((id) => trace.runs.get(id)).filter((run) => run !== undefined);
        const open = runs.filter((run) => run.end === null);
        const failed = runs.some((run) => run.status === "failed");
        const streaming = open.some((run) => run.status === "streaming");
        const { status, count, spent } = stepState(trace, step, trace.last);
        expect(count).toBe(runs.length);
        expect(spent).toBeCloseTo(lasting(runs, trace.last), 6);
        const over = failed ? "failed" : runs.length ? "done" : "waiting";
        expect(status).toBe(open.length === 0 ? over : streaming ? "streaming" : "running");
      }
    }
  });

  it("leave the figures of a trace that has ended as they are when values come", () => {
    const store = new Store();
    store.apply(many().batch);
    const before = store.figures.value;
    store.tick();
    expect(store.figures.value).toBe(before);
    store.seek(10);
    expect(store.figures.value).not.toEqual(before);
  });

  it("are as many events as a table can be high", () => {
    expect(MOST_EVENTS * 22).toBeLessThan(2 ** 25);
  });
});

describe("on the page", () => {
  let el: HTMLElement;
  let page: Awaited<ReturnType<typeof show>>;
  beforeEach(async () => {
    hidden.value = [];
    el = document.body.appendChild(document.createElement("div"));
    page = await show(el, { snapshot: many(), view: "state" });
  });
  afterEach(() => {
    page.down();
    el.remove();
  });
  const numbers = (select: HTMLSelectElement) => [...select.options].map(({ text }) => Number.parseInt(text, 10));

  it("only those near the chosen root run are offered, with the first and the last, to who is about to choose", async () => {
    const select = el.querySelector("select") as HTMLSelectElement;
    expect(numbers(select)).toEqual([ROOTS]);
    select.focus();
    await settled();
    const last = Array.from({ length: 21 }, (_, index) => ROOTS - 20 + index);
    expect(numbers(select)).toEqual([1, ...last]);
    select.value = select.options[1]?.value ?? "";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
    await settled();
    const near = Array.from({ length: 41 }, (_, index) => ROOTS - 40 + index);
    expect(numbers(select)).toEqual([1, ...near]);
    select.blur();
    await settled();
    expect(select.selectedOptions[0]?.text).toBe(`${ROOTS - 20} chain`);
    expect(numbers(select)).toEqual([ROOTS - 20]);
  });
});
