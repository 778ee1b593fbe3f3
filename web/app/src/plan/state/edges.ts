import type { PlanGrid } from "../api/types";

interface Edge {
  a: number;
  b: number;
}

/** Which edges an atom has: learnt from tiles as they come, asked for when the atom changes its grid. */
export class EdgeBook {
  private readonly edges = new Map<number, Edge>();
  private readonly byAtom = new Map<number, number[]>();

  /** Notes an edge; false when it was known already. */
  add(id: number, a: number, b: number): boolean {
    const known = this.edges.get(id);
    if (known) return false;
    this.edges.set(id, { a, b });
    for (const atom of [a, b]) {
      const list = this.byAtom.get(atom);
      if (list) list.push(id);
      else this.byAtom.set(atom, [id]);
    }
    return true;
  }

  /** Atoms on both sides of an edge; 0 is outside. */
  sides(id: number): Edge | undefined {
    return this.edges.get(id);
  }

  of(atom: number): readonly number[] {
    return this.byAtom.get(atom) ?? [];
  }

  clear(): void {
    this.edges.clear();
    this.byAtom.clear();
  }
}

/** Grids above a grid and itself, top first; empty for no grid. */
function pathOf(grids: ReadonlyMap<number, PlanGrid>, id: number): PlanGrid[] {
  const path: PlanGrid[] = [];
  let grid = grids.get(id);
  while (grid && path.length < 16) {
    path.unshift(grid);
    grid = grid.parent == null ? undefined : grids.get(grid.parent);
  }
  return path;
}

/** Rank of the highest level at which two grids are different ones; -1 when they are the same grid. */
export function separation(grids: ReadonlyMap<number, PlanGrid>, a: number, b: number): number {
  if (a === b) return -1;
  const [left, right] = [pathOf(grids, a), pathOf(grids, b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [l, r] = [left[i], right[i]];
    if (l?.id !== r?.id) return Math.min(l ? l.level : Infinity, r ? r.level : Infinity);
  }
  return 0;
}
