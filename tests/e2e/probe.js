// Runs in the page before any of its own code: counts what the websockets carry, notes when messages of a kind were sent,
// and can lose messages.
window.probe = {
  received: { frames: 0, bytes: 0 },
  sent: { frames: 0, bytes: 0 },
  mark: () => false,
  marked: [],
  lose: () => false,
  lost: 0,
};

{
  const size = (data) => (typeof data === "string" ? data.length : (data.byteLength ?? data.size));
  // The header stands before the parent's header and carries the kernel's clock in microseconds, of which Date keeps ms.
  const sentAt = (content) => Date.parse(/"date": ?"([^"]+)"/.exec(content)[1]);
  const text = (data) => (typeof data === "string" ? data : new TextDecoder().decode(data));

  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      // The first listener of all: what it stops, nobody sees.
      this.addEventListener("message", (event) => {
        probe.received.frames += 1;
        probe.received.bytes += size(event.data);
        const content = text(event.data);
        if (probe.mark(content)) probe.marked.push(sentAt(content));
        if (probe.lose(content)) {
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
}
