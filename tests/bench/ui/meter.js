// Runs in the page before any of its own code: what a person would see of time passing. A change counts as painted when
// the first task after its frame runs.
{
  const channel = new MessageChannel();
  let waiting = [];
  let each = () => {};
  let last = 0;
  const gaps = [];

  channel.port1.onmessage = () => {
    const done = waiting;
    waiting = [];
    for (const painted of done) painted();
    each();
  };
  const loop = (now) => {
    gaps.push(now - last);
    last = now;
    channel.port2.postMessage(null);
    if (running) requestAnimationFrame(loop);
  };
  let running = false;
  const start = () => {
    gaps.length = 0;
    last = performance.now();
    if (!running) requestAnimationFrame(loop);
    running = true;
  };

  window.meter = {
    messages: [],
    painted: [],
    answers: [],

    /** The middle of what is seen of an element, in the window's pixels. Lab's body has no height of its own. */
    middle(element) {
      let { left, right, top, bottom } = element.getBoundingClientRect();
      for (let outer = element.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
        if (getComputedStyle(outer).overflowY === "visible") continue;
        const box = outer.getBoundingClientRect();
        [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
        [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
      }
      return [(left + right) / 2, (top + bottom) / 2];
    },

    /** Milliseconds between frames since `start`. */
    start,
    stop() {
      running = false;
      each = () => {};
      return gaps.slice(1);
    },

    /** Notes at each frame how long the first text is that matches below `root`, and when that was. */
    readText(root, selector) {
      this.painted = [];
      let length = 0;
      let text = null;
      each = () => {
        text ??= root.querySelector(selector);
        const now = text?.textContent.length ?? 0;
        if (now > length) this.painted.push([performance.timeOrigin + performance.now(), now]);
        length = now;
      };
      start();
    },

    /** Notes of each key and click how long it takes until the next frame, and until the last one in which `attributes`
        below `root` have changed. */
    watch(root, attributes) {
      this.answers = [];
      let current = null;
      const begin = (event) => {
        const mine = { began: event.timeStamp, next: null, last: null };
        current = mine;
        this.answers.push(mine);
        waiting.push(() => {
          mine.next = performance.now() - mine.began;
        });
      };
      for (const type of ["keydown", "pointerdown"]) document.addEventListener(type, begin, { capture: true });
      new MutationObserver(() => {
        const mine = current;
        if (mine) waiting.push(() => {
          mine.last = performance.now() - mine.began;
        });
      }).observe(root, { subtree: true, attributeFilter: attributes });
      start();
    },
  };
}
