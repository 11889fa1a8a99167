// What the page does while a worker lays out graphs of states: `layouts` has, of each, how many nodes there are, how many
// milliseconds it took (null until it is done), and those between the frames meanwhile.
(() => {
  const { postMessage } = Worker.prototype;
  globalThis.layouts = [];
  Worker.prototype.postMessage = function (told, ...more) {
    if (Array.isArray(told?.nodes)) {
      const layout = { nodes: told.nodes.length, gaps: [], ms: null };
      const began = performance.now();
      let last = began;
      const frame = (now) => {
        if (layout.ms !== null) return;
        layout.gaps.push(now - last);
        last = now;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      const done = () => {
        layout.ms = performance.now() - began;
      };
      this.addEventListener("message", done, { once: true });
      layouts.push(layout);
    }
    return postMessage.call(this, told, ...more);
  };
})();
