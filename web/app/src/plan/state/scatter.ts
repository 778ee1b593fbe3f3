import type { Candidate } from "../api/proposals";

interface Dot {
  index: number;
  x: number;
  y: number;
  r: number;
  feasible: boolean;
}

const [left, top, right, bottom] = [52, 34, 18, 38];
const [leastR, mostR] = [8, 14];

/** Places candidates in a field of so many pixels: households moved across, worst deviation up, border as radius. */
export function scatter(candidates: readonly Candidate[], width: number, height: number): Dot[] {
  const x = scale(candidates.map((c) => c.moved_households ?? 0), left, width - right);
  const y = scale(candidates.map((c) => c.worst_deviation ?? 0), height - bottom, top);
  const r = scale(candidates.map((c) => c.border_m ?? 0), leastR, mostR);
  return candidates.map((c, i) => ({
    index: c.index,
    x: x[i] ?? left,
    y: y[i] ?? top,
    r: r[i] ?? leastR,
    feasible: c.feasible,
  }));
}

/** Values spread linearly between two ends; all in the middle when they are alike. */
function scale(values: readonly number[], from: number, to: number): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = most - least;
  return values.map((v) => (span > 0 ? from + ((v - least) / span) * (to - from) : (from + to) / 2));
}
