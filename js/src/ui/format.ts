// Numbers as people read them.

export function formatMs(ms: number): string {
  if (ms < 1) return `${ms === 0 ? "0" : ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes} min ${Math.round((ms - minutes * 60_000) / 1000)} s`;
}

export function formatRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString("en");
}

export function formatClock(epochMs: number): string {
  const date = new Date(epochMs);
  return `${date.toLocaleTimeString("en", { hour12: false })}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
