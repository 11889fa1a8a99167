// Numbers as people read them.
import { words } from "./words";

const grouped = new Intl.NumberFormat(words.locale);
const decimal = (value: number, digits: number) => value.toFixed(digits).replace(".", words.point);

export function formatMs(ms: number): string {
  if (ms < 10) return `${ms === 0 ? "0" : decimal(ms, ms < 1 ? 2 : 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${decimal(ms / 1000, ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function formatRate(perSecond: number): string {
  return perSecond < 10 ? decimal(perSecond, 1) : grouped.format(Math.round(perSecond));
}

export function formatClock(epochMs: number): string {
  const date = new Date(epochMs);
  const time = date.toLocaleTimeString(words.locale, { hourCycle: "h23" });
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
