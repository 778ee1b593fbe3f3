import type { Candidate } from "../api/proposals";

const figures = {
  moved: (c: Candidate) => c.moved_households,
  worst: (c: Candidate) => c.worst_deviation,
  border: (c: Candidate) => c.border_m,
  walk: (c: Candidate) => c.walk_m,
  few: (c: Candidate) => c.touched,
} as const;

export type Merit = keyof typeof figures;

/** What a candidate alone is best at among those that meet the goal. */
export function merits(of: Candidate, all: readonly Candidate[]): Merit[] {
  const rivals = all.filter((c) => c.feasible && c.index !== of.index);
  if (!of.feasible || rivals.length === 0) return [];
  return (Object.keys(figures) as Merit[]).filter((merit) => {
    const own = figures[merit](of);
    return own !== undefined && rivals.every((c) => own < (figures[merit](c) ?? -Infinity));
  });
}
