import type { Map as MapLibre } from "maplibre-gl";
import type { LonLat } from "../api/types";
import type { BoardModel } from "../state/board";
import { PointIndex } from "../state/pick";
import * as s from "../state/store";
import { atomUnder, gridUnder } from "../map/live";
import type { Pointer } from "./gesture";

let indexed: { board: BoardModel; atoms: number; index: PointIndex } | null = null;

/** The index over the atoms of the board on screen, made when first asked for. */
export function pointIndex(): PointIndex | null {
  const board = s.board.peek();
  if (!board) return null;
  if (indexed?.board !== board || indexed.atoms !== board.ids.length) {
    indexed = { board, atoms: board.ids.length, index: new PointIndex(board.lon, board.lat) };
  }
  return indexed.index;
}

/** Degrees of latitude that a pixel of the screen is now. */
export function degreesPerPx(map: MapLibre): number {
  const { x, y } = map.project(map.getCenter());
  return Math.abs(map.unproject([x, y - 50]).lat - map.unproject([x, y + 50]).lat) / 100;
}

export const metresPerPx = (map: MapLibre): number => degreesPerPx(map) * 111_195;

/** The atom under a pointer: the one drawn there, else the one whose point is nearest within a few pixels. */
export function atomAt(map: MapLibre, pointer: Pick<Pointer, "at" | "px">): number | null {
  const drawn = atomUnder(map, pointer.px);
  if (drawn !== null && s.board.peek()?.indexOf(drawn) !== undefined) return drawn;
  const near = pointIndex()?.nearest(pointer.at, degreesPerPx(map) * 24) ?? -1;
  return near < 0 ? null : (s.board.peek()?.ids[near] ?? null);
}

/** The grid that shows itself under a pointer; null on ground of none. */
export function gridAt(map: MapLibre, pointer: Pick<Pointer, "at" | "px">): number | null {
  const whole = gridUnder(map, pointer.px);
  if (whole !== null) return whole;
  const atom = atomAt(map, pointer);
  const owner = atom === null ? 0 : (s.board.peek()?.ownerOf(atom) ?? 0);
  return owner === 0 ? null : owner;
}

/** A pointer in the middle of the map: how the keyboard points. */
export function centrePointer(map: MapLibre, mods: { shift: boolean; alt: boolean }): Pointer {
  const { lng, lat } = map.getCenter();
  const at: LonLat = [Number(lng.toFixed(7)), Number(lat.toFixed(7))];
  const px = map.project([lng, lat]);
  return { at, px: { x: px.x, y: px.y }, shift: mods.shift, ctrl: false, alt: mods.alt, keys: true };
}
