// Shows every part of every run of a saved page, as a person would by keys and clicks, and tells where each payload was
// seen: for the nth root run the places in which `signs[n]` could be read.
window.walk = async (signs) => {
  const byRole = (role, name, root = document) =>
    [...root.querySelectorAll(`[role=${role}]`)].find((one) => one.getAttribute("aria-label") === name);
  const details = document.querySelector("section[aria-label=Details]");
  const seen = signs.map(() => new Set());
  const rendered = async () => {
    for (let i = 0; i < 4; i++) await Promise.resolve();
  };
  // Hundreds of runs are walked through: what waits for a frame gets its turn without one.
  window.requestAnimationFrame = (turn) => setTimeout(() => turn(performance.now()));
  const settled = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const until = async (shown) => {
    for (let tries = 0; !shown() && tries < 100; tries++) await settled();
  };
  const press = async (element, key) => {
    element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await rendered();
  };
  const active = (tree) => document.getElementById(tree.getAttribute("aria-activedescendant"));
  let current = -1;
  const look = (place, element) => {
    if (signs[current] && element?.textContent.includes(signs[current])) seen[current].add(place);
  };

  /** Opens the rows of a tree, one after the other, as far as `most` keys lead. */
  const open = async (tree, most = 16) => {
    await press(tree, "Home");
    for (let i = 0; i < most; i++) {
      const before = active(tree);
      const id = before?.id;
      const closed = before?.getAttribute("aria-expanded") === "false";
      await press(tree, closed ? "ArrowRight" : "ArrowDown");
      if (!closed && active(tree)?.id === id) break;
    }
  };

  // Of each kind of run the parts that hold a payload first; what comes after it holds the same.
  const PARTS = {
    retriever: ["Output"],
    tool: ["Output", "Documentation"],
    function: ["Error", "Input schema", "Parameters"],
    chain: ["Error"],
    "chat model": ["Input", "Tags", "Metadata"],
  };
  const OF_STEPS = new Set(["tool", "function"]);
  const sections = async (kind) => {
    for (const section of details.querySelectorAll(".cv-section")) {
      const title = section.querySelector("h4").textContent;
      if (!PARTS[kind]?.includes(title)) continue;
      for (const more of section.querySelectorAll("details")) more.open = true;
      for (const tree of section.querySelectorAll("[role=tree]")) await open(tree);
      look(title, section);
      look(`${kind}: ${title}`, section);
      for (const key of section.querySelectorAll(".cv-key")) look(`${kind}: ${title} key`, key);
      for (const value of section.querySelectorAll("[class*=cv-tone-]")) look(`${kind}: ${title} value`, value);
    }
  };

  const runs = byRole("tree", "Runs");
  await press(runs, "Home");
  for (let last = null; ; await press(runs, "ArrowDown")) {
    // A row that was not on the screen comes with the frame that scrolls to it.
    await until(() => active(runs) && active(runs).id !== last);
    const row = active(runs);
    if (!row || row.id === last) break;
    last = row.id;
    if (row.getAttribute("aria-level") === "1") current += 1;
    look("run name", row);
    await press(runs, "Enter");
    const kind = details.querySelector(".cv-detail-title .cv-muted")?.textContent.split(",")[0];
    if (PARTS[kind]) await settled();
    look("detail name", details.querySelector(".cv-detail-title"));
    await sections(kind);
    const [run, step] = details.querySelectorAll("[role=tab]");
    if (step && OF_STEPS.has(kind)) {
      step.click();
      await rendered();
      await sections(kind);
      run.click();
      await rendered();
    }
    look("graph", byRole("tree", "Chain graph")?.querySelector("[aria-selected=true]"));
    if (kind === "chat model") {
      const lane = () => byRole("log", "Tokens").querySelector(".cv-lane.cv-selected .cv-text");
      await until(() => lane()?.textContent);
      look("token", lane());
      const state = byRole("tree", "Run state");
      await open(state, 16);
      await press(state, "End");
      await settled();
      look("run state", state);
      // The table scrolls to them first, which takes frames of its own.
      const selected = () => byRole("grid", "Events").querySelectorAll("[role=row][aria-selected=true]");
      await until(() => selected().length > 0);
      await settled();
      for (const event of selected()) look("event", event);
    }
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  return { seen: seen.map((places) => [...places]), roots: current + 1, overflow: scrollWidth - clientWidth };
}
