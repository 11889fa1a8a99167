// The time cursor: a slider over all events of the trace, the way back to now, and replay.
import { formatMs } from "../../ui/format";
import { Icon } from "../../ui/icons";
import { Button } from "../../ui/parts";
import { words } from "../../ui/words";
import { useStore } from "../context";

const SPEEDS: [number, string][] = [
  [0.25, "×¼"],
  [1, "×1"],
  [10, "×10"],
];

export function TimeBar() {
  const store = useStore();
  const past = store.cursor.value !== null;
  const { log, events, begin, last } = past ? store.newest.value : store.calm.value;
  const at = past ? store.trace.value.events : events;
  if (events === 0) return null;
  const moment = words.moment(formatMs(at && log.times.at(at - 1) - begin), formatMs(last - begin));
  const { replay } = store;
  const playing = replay.speed.value;

  const go = (count: number) => store.go(count < events ? log.seqs.at(Math.max(0, count)) : null);
  // All other keys are the browser's.
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { PageUp: 1, PageDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    go(at + by * Math.ceil(events / 20));
  };

  return (
    <div class="cv-time">
      <Icon name="play" />
      {SPEEDS.map(([speed, name]) => (
        <Button
          key={name}
          icon={playing === speed ? "pause" : undefined}
          label={`${words.replay} ${name}`}
          text={name}
          pressed={playing === speed}
          onClick={() => (playing === speed ? replay.pause() : replay.play(speed))}
        />
      ))}
      <input
        type="range"
        aria-label={words.time}
        aria-valuetext={moment}
        max={events}
        value={at}
        onInput={(event) => go(Number(event.currentTarget.value))}
        onKeyDown={onKeyDown}
      />
      <span class="cv-num">{moment}</span>
      <Button label={words.now} text disabled={!past} onClick={() => go(events)} />
    </div>
  );
}
