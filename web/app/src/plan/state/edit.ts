import { batch } from "@preact/signals";
import type { BBox } from "../../api/types";
import { camera, spoken } from "../../state/app";
import type { LonLat } from "../api/types";
import { p } from "../i18n/text";
import { complain } from "./say";
import { draw } from "./screen";
import { submit } from "./session";
import * as s from "./store";

/** Selects a grid; `show` brings it into view, for choices that were not made on the map. */
export function selectGrid(id: number | null, show = false): void {
  batch(() => {
    s.selectedGrid.value = id;
    s.chosenGrids.value = id === null ? new Set() : new Set([id]);
    s.problemIndex.value = -1;
  });
  const grid = s.selected.value;
  if (!grid) return;
  spoken.value = gridWords(grid.name, grid.ratio, grid.status);
  if (show) showGrid(grid.id);
}

export function toggleGrid(id: number): void {
  const chosen = new Set(s.chosenGrids.value);
  if (!chosen.delete(id)) chosen.add(id);
  batch(() => {
    s.chosenGrids.value = chosen;
    s.selectedGrid.value ??= id;
    if (!chosen.has(s.selectedGrid.value)) s.selectedGrid.value = [...chosen][0] ?? null;
  });
}

export function chooseAtoms(atoms: Iterable<number>, add: boolean): void {
  const chosen = new Set(add ? s.chosenAtoms.value : []);
  for (const atom of atoms) chosen.add(atom);
  s.chosenAtoms.value = chosen;
  if (chosen.size > 0) spoken.value = p("say.chosen", { n: chosen.size });
}

export function toggleAtom(atom: number): void {
  const chosen = new Set(s.chosenAtoms.value);
  if (!chosen.delete(atom)) chosen.add(atom);
  s.chosenAtoms.value = chosen;
}

function showGrid(id: number): void {
  const board = s.board.value;
  const box = board?.grids.get(id)?.box ?? boxOf(id);
  if (box) camera.value = { box };
}

function boxOf(id: number): BBox | null {
  const board = s.board.value;
  const at = board?.atomsOf(id) ?? [];
  if (!board || at.length === 0) return null;
  const lons = at.map((i) => board.lon[i] ?? 0);
  const lats = at.map((i) => board.lat[i] ?? 0);
  const pad = 0.001;
  return [Math.min(...lons) - pad, Math.min(...lats) - pad, Math.max(...lons) + pad, Math.max(...lats) + pad];
}

/** Atoms that may go to a grid: neither there already, nor of a locked grid, nor pinned. Says why when none may. */
export function movable(atoms: Iterable<number>, to: number): number[] {
  const board = s.board.value;
  if (!board) return [];
  let held = 0;
  const free: number[] = [];
  for (const atom of atoms) {
    const owner = board.ownerOf(atom);
    if (owner === undefined || owner === to) continue;
    if (board.pinned.has(atom) || board.grids.get(owner)?.locked) held++;
    else free.push(atom);
  }
  if (free.length === 0 && held > 0) s.hint.value = p("edit.allHeld", { n: held });
  return free;
}

/** Gives atoms to a grid as one operation. */
export function assign(atoms: Iterable<number>, to: number): void {
  draw();
  if (s.board.value?.grids.get(to)?.locked) {
    complain(p("edit.locked", { name: nameOf(to) }));
    return;
  }
  const free = movable(atoms, to);
  if (free.length === 0) return;
  submit({ kind: "reassign_atoms", atoms: free, to });
  s.hint.value = p("edit.assigned", { n: free.length, name: nameOf(to) });
  spoken.value = s.hint.value;
  s.chosenAtoms.value = new Set();
}

export function setLock(grids: number[], locked: boolean): void {
  submit({ kind: "set_lock", grids, locked });
}

export function setPin(atoms: number[], locked: boolean): void {
  submit({ kind: "set_lock", atoms, locked });
}

/** Goes to the next problem, or the one before; false when there is none. */
export function nextProblem(by: 1 | -1): boolean {
  const n = s.problems.value.length;
  if (n === 0) return false;
  const at = s.problemIndex.value;
  showProblem(at < 0 ? (by > 0 ? 0 : n - 1) : (at + by + n) % n);
  return true;
}

export function showProblem(index: number): void {
  const problem = s.problems.value[index];
  if (!problem) return;
  const [grid] = problem.grids ?? [];
  if (s.fixing.peek() >= 0) draw();
  batch(() => {
    s.fixing.value = -1;
    s.leftTab.value = "problems";
    s.problemIndex.value = index;
    if (grid !== undefined) {
      s.selectedGrid.value = grid;
      s.chosenGrids.value = new Set(problem.grids ?? []);
    }
  });
  spoken.value = problem.message;
  if (problem.at) lookAt(problem.at);
  else if (grid !== undefined) showGrid(grid);
}

export const lookAt = ([lon, lat]: LonLat): void => {
  camera.value = { point: { lon, lat } };
};

export const nameOf = (id: number): string => {
  const grid = s.board.value?.grids.get(id);
  if (!grid) return id === 0 ? p("grid.none") : `#${id}`;
  return grid.name === "" ? grid.code : grid.name;
};

function gridWords(name: string, ratio: number | null | undefined, status: string | undefined): string {
  const percent = ratio == null ? "" : ` ${Math.round(ratio * 100)}%`;
  return `${name}${percent} ${status === "over" ? p("load.over") : status === "under" ? p("load.under") : ""}`.trim();
}
