import type { PlanGrid } from "../api/types";

export type Sorting = "code" | "over" | "under" | "changed";

/** How many grids are over and under, and how far apart they are: the coefficient of variation of their ratios. */
export function summary(grids: readonly PlanGrid[]): { over: number; under: number; spread: number | null } {
  const ratios = grids.flatMap((g) => (g.ratio == null ? [] : [g.ratio]));
  const mean = ratios.reduce((sum, r) => sum + r, 0) / Math.max(1, ratios.length);
  const variance = ratios.reduce((sum, r) => sum + (r - mean) ** 2, 0) / Math.max(1, ratios.length);
  return {
    over: grids.filter((g) => g.status === "over").length,
    under: grids.filter((g) => g.status === "under" || g.status === "empty").length,
    spread: ratios.length > 1 && mean > 0 ? Math.sqrt(variance) / mean : null,
  };
}

// One collator for all: the list is sorted in every frame of a stroke.
const byNumber = new Intl.Collator("zh-CN", { numeric: true });

const order: Record<Sorting, (a: PlanGrid, b: PlanGrid) => number> = {
  code: (a, b) => byNumber.compare(a.code, b.code),
  over: (a, b) => (b.ratio ?? -1) - (a.ratio ?? -1),
  under: (a, b) => (a.ratio ?? Infinity) - (b.ratio ?? Infinity),
  changed: (a, b) => rank(b) - rank(a) || order.code(a, b),
};

const rank = (g: PlanGrid): number => (g.new ? 2 : g.changed ? 1 : 0);

/** Grids whose name or code holds the text, in the order asked for. */
export function sorted(grids: readonly PlanGrid[], by: Sorting, q: string): PlanGrid[] {
  const text = q.toLowerCase();
  const found = text
    ? grids.filter((g) => g.name.toLowerCase().includes(text) || g.code.toLowerCase().includes(text))
    : [...grids];
  return found.sort(order[by]);
}

/** An atom as lists name it: its kind and number. */
export const atomName = (board: { kind: readonly string[]; ids: readonly number[] }, i: number): string =>
  `${board.kind[i] ?? ""} ${board.ids[i] ?? ""}`.trim();
