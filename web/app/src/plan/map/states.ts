import type { Map as MapLibre } from "maplibre-gl";
import type { PlanGrid } from "../api/types";
import type { BoardModel } from "../state/board";
import { EdgeBook, separation } from "../state/edges";
import { rampStep } from "./ramp";
import type { TilePlan } from "./look";
import { atomLayer, edgeLayer } from "./style";
import { toTile } from "./tileids";

/** Writes what the board says into the state of features: the one way by which a stroke reaches the screen. */
export class Painter {
  private board: BoardModel | null = null;
  private looks = new Map<number, string>();
  private lit: ReadonlySet<number> = new Set();
  private chosen: ReadonlySet<number> = new Set();
  private hovered: number | null = null;
  private readonly edges = new EdgeBook();

  constructor(
    private readonly map: MapLibre,
    private readonly tiles: TilePlan,
  ) {}

  /** Draws the atoms at these positions, and those whose grid has got another colour or step meanwhile. */
  draw(board: BoardModel, at: readonly number[] | "all"): void {
    const positions = at === "all" || board !== this.board ? null : at;
    const all = positions === null;
    this.board = board;
    const repaint = this.newLooks(board);
    const wanted = new Set<number>(positions ?? board.ids.keys());
    if (repaint.size > 0 && !all) {
      board.shown.forEach((owner, i) => {
        if (repaint.has(owner)) wanted.add(i);
      });
    }
    for (const i of wanted) this.drawAtom(board, i);
    if (this.tiles.edges) for (const i of wanted) this.drawEdges(board, board.ids[i] ?? 0);
    for (const id of all ? board.grids.keys() : repaint) this.drawGrid(board, id);
  }

  /** Lights the atoms of the selected grids, and marks the chosen atoms. */
  select(board: BoardModel, grids: ReadonlySet<number>, atoms: ReadonlySet<number>): void {
    const before = this.lit;
    this.lit = grids;
    if (grids.size > 0 || before.size > 0) {
      board.shown.forEach((owner, i) => {
        const [is, was] = [grids.has(owner), before.has(owner)];
        if (is || was) this.set(board.ids[i] ?? 0, { on: is });
        if ((is || was) && this.tiles.edges) this.drawEdges(board, board.ids[i] ?? 0);
      });
    }
    for (const atom of this.chosen) if (!atoms.has(atom)) this.set(atom, { sel: false });
    for (const atom of atoms) if (!this.chosen.has(atom)) this.set(atom, { sel: true });
    this.chosen = new Set(atoms);
  }

  hover(board: BoardModel, grid: number | null): void {
    if (grid === this.hovered) return;
    for (const i of this.hovered === null ? [] : board.atomsOf(this.hovered)) this.set(board.ids[i] ?? 0, { hov: false });
    for (const i of grid === null ? [] : board.atomsOf(grid)) this.set(board.ids[i] ?? 0, { hov: true });
    this.hovered = grid;
  }

  /** Learns an edge of a tile that has come, and draws it if it is new. */
  learn(id: number, a: number, b: number): void {
    if (this.edges.add(id, a, b) && this.board) this.drawEdge(this.board, id);
  }

  forget(): void {
    this.edges.clear();
  }

  private newLooks(board: BoardModel): Set<number> {
    const repaint = new Set<number>();
    const looks = new Map<number, string>();
    for (const grid of board.leaves()) {
      const look = `${grid.colour ?? 0}/${rampStep(grid.ratio)}`;
      looks.set(grid.id, look);
      if (this.looks.get(grid.id) !== look) repaint.add(grid.id);
    }
    this.looks = looks;
    return repaint;
  }

  private drawAtom(board: BoardModel, i: number): void {
    const owner = board.shown[i] ?? 0;
    const id = board.ids[i] ?? 0;
    this.set(id, {
      ...lookOf(board.grid(owner)),
      ch: owner !== board.base[i],
      on: this.lit.has(owner),
      pin: board.pinned.has(id),
      sel: this.chosen.has(id),
      hov: owner === this.hovered,
    });
  }

  private drawEdges(board: BoardModel, atom: number): void {
    for (const id of this.edges.of(atom)) this.drawEdge(board, id);
  }

  private drawEdge(board: BoardModel, id: number): void {
    const { a, b } = this.edges.sides(id) ?? { a: 0, b: 0 };
    const [left, right] = [board.ownerOf(a) ?? 0, board.ownerOf(b) ?? 0];
    const on = left !== right && (this.lit.has(left) || this.lit.has(right));
    this.map.setFeatureState(
      { source: this.tiles.atoms, sourceLayer: edgeLayer, id },
      { level: this.levelOf(board, a, b), on },
    );
  }

  private levelOf(board: BoardModel, a: number, b: number): number {
    return separation(board.grids, board.ownerOf(a) ?? 0, board.ownerOf(b) ?? 0);
  }

  private drawGrid(board: BoardModel, id: number): void {
    const target = { source: this.tiles.grids, sourceLayer: "grids", id: toTile(id) };
    this.map.setFeatureState(target, lookOf(board.grid(id)));
  }

  private set(atom: number, state: Record<string, unknown>): void {
    this.map.setFeatureState({ source: this.tiles.atoms, sourceLayer: atomLayer, id: toTile(atom) }, state);
  }
}

const lookOf = (grid: PlanGrid | undefined): { c: number; r: number } => ({
  c: grid ? (grid.colour ?? 0) : -1,
  r: rampStep(grid?.ratio),
});
