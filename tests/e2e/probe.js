// Runs in the page before any of its own code: counts what the websockets carry and can lose messages on request.
window.probe = { received: { frames: 0, bytes: 0 }, sent: { frames: 0, bytes: 0 }, lost: 0, lose: null, longTasks: [] };

{
  const size = (data) => (typeof data === "string" ? data.length : (data.byteLength ?? data.size));
  const text = (data) => (typeof data === "string" ? data : new TextDecoder().decode(data));

  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      // The first listener of all: what it stops, nobody sees.
      this.addEventListener("message", (event) => {
        probe.received.frames += 1;
        probe.received.bytes += size(event.data);
        if (probe.lose?.(text(event.data))) {
          probe.lost += 1;
          event.stopImmediatePropagation();
        }
      });
    }

    send(data) {
      probe.sent.frames += 1;
      probe.sent.bytes += size(data);
      super.send(data);
    }
  };

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) probe.longTasks.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });
}
