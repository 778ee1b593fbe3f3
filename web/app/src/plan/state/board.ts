import type { BBox } from "../../api/types";
import type { AtomColumns, BoardAnswer, Effects, OpBody, PlanGrid } from "../api/types";

/** What a pending reassignment adds to a grid before the server has said so. */
interface Delta {
  atoms: number;
  households: number;
  load: number;
}

/**
 * A draft on this screen: what the server confirmed, and over it what the operations still on their way will do. Atoms
 * are columns by position, not objects: fifty thousand of them are walked in a stroke.
 */
export class BoardModel {
  rev: number;
  readonly bounds: BBox;
  readonly ids: number[] = [];
  /** Owner as the server confirmed it, 0 for none. */
  readonly owner: number[] = [];
  /** Owner as the screen shows it: confirmed, then what is pending. */
  readonly shown: number[] = [];
  readonly base: number[] = [];
  readonly households: number[] = [];
  readonly load: number[] = [];
  readonly lon: number[] = [];
  readonly lat: number[] = [];
  readonly kind: string[] = [];
  readonly grids = new Map<number, PlanGrid>();
  readonly pinned = new Set<number>();
  private readonly at = new Map<number, number>();
  private away = new Set<number>();
  private deltas = new Map<number, Delta>();

  constructor(answer: BoardAnswer) {
    this.rev = answer.rev;
    this.bounds = answer.bounds;
    for (const grid of answer.grids) this.grids.set(grid.id, tidy(grid));
    this.addAtoms(answer.atoms);
  }

  /** Position of an atom in the columns; undefined for one that is not of this plan. */
  indexOf(atom: number): number | undefined {
    return this.at.get(atom);
  }

  ownerOf(atom: number): number | undefined {
    const i = this.at.get(atom);
    return i === undefined ? undefined : this.shown[i];
  }

  /** Takes over what an operation did. Returns the positions of atoms whose look changed. */
  apply(effects: Effects): number[] {
    this.rev = Math.max(this.rev, effects.rev);
    for (const id of effects.removed_grids ?? []) this.grids.delete(id);
    for (const grid of effects.grids ?? []) this.grids.set(grid.id, tidy(grid));
    const changed = effects.new_atoms ? this.addAtoms(effects.new_atoms) : [];
    for (const [k, atom] of (effects.atoms?.id ?? []).entries()) {
      const i = this.at.get(atom);
      if (i !== undefined && effects.atoms) changed.push(this.applyAtom(i, k, effects.atoms));
    }
    return changed;
  }

  /** Shows pending operations over the confirmed state, in their order. Returns the positions that changed. */
  overlay(pending: readonly OpBody[]): number[] {
    const wanted = new Map<number, number>();
    for (const op of pending) {
      if (op.kind === "reassign_atoms") this.moveAtoms(op.atoms, op.to, wanted);
      if (op.kind === "merge") this.moveGrids(new Set(op.grids), op.into, wanted);
    }
    const changed: number[] = [];
    for (const i of new Set([...this.away, ...wanted.keys()])) {
      const to = wanted.get(i) ?? this.owner[i] ?? 0;
      if (this.shown[i] !== to) {
        this.shown[i] = to;
        changed.push(i);
      }
    }
    this.away = new Set([...wanted.keys()].filter((i) => this.shown[i] !== this.owner[i]));
    this.countDeltas();
    return changed;
  }

  /** A grid with what is pending counted in; the status is then an estimate until the server answers. */
  grid(id: number): PlanGrid | undefined {
    const grid = this.grids.get(id);
    const delta = this.deltas.get(id);
    if (!grid || !delta) return grid;
    const load = grid.load + delta.load;
    const ratio = grid.target ? load / grid.target : null;
    return {
      ...grid,
      load,
      ratio,
      atoms: grid.atoms + delta.atoms,
      households: grid.households + delta.households,
      changed: true,
      status: statusOf(load, grid),
    };
  }

  /** Leaf grids that stand, pending changes counted in. */
  leaves(): PlanGrid[] {
    const leaves: PlanGrid[] = [];
    for (const { id, leaf, retired } of this.grids.values()) {
      const grid = leaf && !retired ? this.grid(id) : undefined;
      if (grid) leaves.push(grid);
    }
    return leaves;
  }

  /** Positions of the atoms that a grid shows as its own. */
  atomsOf(grid: number): number[] {
    const found: number[] = [];
    this.shown.forEach((owner, i) => {
      if (owner === grid) found.push(i);
    });
    return found;
  }

  private applyAtom(i: number, k: number, atoms: NonNullable<Effects["atoms"]>): number {
    const to = atoms.owner[k] ?? 0;
    this.owner[i] = to;
    if (!this.away.has(i)) this.shown[i] = to;
    this.households[i] = atoms.households?.[k] ?? this.households[i] ?? 0;
    this.load[i] = atoms.load?.[k] ?? this.load[i] ?? 0;
    const pinned = atoms.pinned?.[k];
    if (pinned === true) this.pinned.add(this.ids[i] ?? 0);
    if (pinned === false) this.pinned.delete(this.ids[i] ?? 0);
    return i;
  }

  private addAtoms(columns: AtomColumns): number[] {
    const added: number[] = [];
    const put = <T>(into: T[], from: readonly T[] | undefined, i: number, k: number, none: T): void => {
      into[i] = from?.[k] ?? none;
    };
    for (const [k, id] of columns.id.entries()) {
      const i = this.at.get(id) ?? this.ids.length;
      const owner = columns.owner[k] ?? 0;
      this.at.set(id, i);
      this.ids[i] = id;
      this.owner[i] = this.shown[i] = owner;
      put(this.base, columns.base, i, k, owner);
      put(this.households, columns.households, i, k, 0);
      put(this.load, columns.load, i, k, 0);
      put(this.lon, columns.lon, i, k, Number.NaN);
      put(this.lat, columns.lat, i, k, Number.NaN);
      put(this.kind, columns.kind, i, k, "");
      added.push(i);
    }
    for (const id of columns.pinned ?? []) this.pinned.add(id);
    return added;
  }

  private moveAtoms(atoms: readonly number[], to: number, wanted: Map<number, number>): void {
    for (const atom of atoms) {
      const i = this.at.get(atom);
      if (i !== undefined) wanted.set(i, to);
    }
  }

  private moveGrids(from: ReadonlySet<number>, into: number, wanted: Map<number, number>): void {
    this.owner.forEach((owner, i) => {
      if (from.has(wanted.get(i) ?? owner)) wanted.set(i, into);
    });
  }

  private countDeltas(): void {
    this.deltas = new Map();
    for (const i of this.away) {
      this.count(this.owner[i] ?? 0, i, -1);
      this.count(this.shown[i] ?? 0, i, 1);
    }
  }

  private count(grid: number, i: number, sign: 1 | -1): void {
    const delta = this.deltas.get(grid) ?? { atoms: 0, households: 0, load: 0 };
    delta.atoms += sign;
    delta.households += sign * (this.households[i] ?? 0);
    delta.load += sign * (this.load[i] ?? 0);
    this.deltas.set(grid, delta);
  }
}

function statusOf(load: number, { min, max, target, status }: PlanGrid): NonNullable<PlanGrid["status"]> {
  if (max != null && load > max) return "over";
  if (min != null && load < min) return load > 0 ? "under" : "empty";
  return target == null && max == null ? (status ?? "none") : "ok";
}

/** Says "none" one way only: the server writes 0 where a grid has no parent, no target, or no bounds of size. */
function tidy(grid: PlanGrid): PlanGrid {
  const target = positive(grid.target);
  return {
    ...grid,
    parent: grid.parent === 0 ? null : grid.parent,
    target,
    min: positive(grid.min),
    max: positive(grid.max),
    capacity: positive(grid.capacity),
    ratio: target === null ? null : positiveOr0(grid.ratio),
    label: full(grid.label, 2),
    box: full(grid.box, 4),
  };
}

const positive = (n: number | null | undefined): number | null => (n != null && n > 0 ? n : null);

const positiveOr0 = (n: number | null | undefined): number => positive(n) ?? 0;

/** A list of numbers of the right length, or null: an empty one says that there is no place. */
const full = <T extends readonly number[]>(list: T | null | undefined, length: number): T | null =>
  list?.length === length ? list : null;
