// A kernel that knows one recorded trace: it answers `sync` and can replay the trace as frames.

function part(batch, from, to) {
  const inside = (item) => item.seq >= from && item.seq < to;
  const columns = (chunks) => {
    const keep = chunks.seqs.map((seq) => seq >= from && seq < to);
    const pick = (list) => list?.filter((_, index) => keep[index]) ?? null;
    return {
      ...chunks,
      seqs: pick(chunks.seqs),
      ts: pick(chunks.ts),
      texts: pick(chunks.texts),
      values: pick(chunks.values),
    };
  };
  return {
    from_seq: from,
    to_seq: to,
    events: batch.events.filter(inside),
    chunks: batch.chunks.map(columns).filter((chunks) => chunks.seqs.length > 0),
    patches: batch.patches.filter(inside),
    graphs: from === 0 ? batch.graphs : [],
    closed: to >= batch.to_seq,
  };
}

class Channel {
  listeners = new Set();
  constructor(traits, receive = () => {}) {
    this.traits = traits;
    this.receive = receive;
  }
  get(name) {
    return this.traits[name];
  }
  on(_name, callback) {
    this.listeners.add(callback);
  }
  off(_name, callback) {
    this.listeners.delete(callback);
  }
  send(content) {
    setTimeout(() => this.receive(content), 5);
  }
  push(content) {
    for (const listener of this.listeners) listener(content);
  }
}

export function playback(snapshot, until) {
  const { batch } = snapshot;
  const times = new Map(batch.events.map((event) => [event.seq, event.t]));
  for (const { seqs, ts } of batch.chunks) for (const [index, seq] of seqs.entries()) times.set(seq, ts[index]);
  let at = until;

  const feed = new Channel({});
  const control = new Channel({}, (request) => {
    const reply = { v: 1, type: "reply", id: request.id };
    if (request.type === "sync") {
      const now = times.get(at - 1) ?? 0;
      control.push({
        ...reply,
        ok: true,
        value: { ...snapshot, now, batch: part(batch, request.have_seq, Math.max(at, request.have_seq)) },
      });
    } else {
      control.push({ ...reply, ok: false, error: "Only a run that chainviz.watch() started can be stopped." });
    }
  });
  const widgets = { "anywidget:feed": feed, "anywidget:control": control };
  return {
    host: { getWidget: async (ref) => ({ exports: { model: widgets[ref] } }) },
    model: (traits) =>
      new Channel({
        trace: snapshot.trace,
        feed: "anywidget:feed",
        control: "anywidget:control",
        graph: null,
        ...traits,
      }),
    replay(speed) {
      at = 0;
      const begin = performance.now();
      const tick = () => {
        const now = (performance.now() - begin) * speed;
        let to = at;
        while (to < batch.to_seq && times.get(to) <= now) to++;
        if (to > at) feed.push({ v: 1, type: "frame", batch: part(batch, at, to) });
        at = to;
        if (at < batch.to_seq) setTimeout(tick, 16);
      };
      tick();
    },
  };
}
