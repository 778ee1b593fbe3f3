// Workload as a ramp of seven steps around the target; breaks are shares of it. Never alone: symbol and number go with it.

export const rampColours = ["#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f2", "#fddbc7", "#ef8a62", "#b2182b"] as const;
const rampBreaks = [0.6, 0.8, 0.95, 1.05, 1.2, 1.4] as const;

/** Step 0…6 of a ratio; -1 where there is no target to compare with. A ratio on a break belongs to the higher step. */
export function rampStep(ratio: number | null | undefined): number {
  if (ratio == null || !Number.isFinite(ratio)) return -1;
  const step = rampBreaks.findIndex((end) => ratio < end);
  return step < 0 ? rampColours.length - 1 : step;
}

export const marks = { over: "▲", under: "▼", ok: "●", empty: "○", none: "" } as const;
