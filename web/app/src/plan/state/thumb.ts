import type { Candidate } from "../api/proposals";
import type { BoardModel } from "./board";

interface ThumbDot {
  x: number;
  y: number;
  colour: number;
  moves: boolean;
}

const dotsMost = 700;
const marginPx = 4;

/** The atoms of every grid that a candidate touches, fitted into a square, thinned where there are very many. */
export function thumbnail(board: BoardModel, candidate: Candidate, sizePx: number): ThumbDot[] {
  const to = new Map<number, number>();
  for (const move of candidate.moves ?? []) for (const atom of move.atoms) to.set(atom, move.to);
  const touched = new Set(to.values());
  for (const atom of to.keys()) touched.add(board.ownerOf(atom) ?? 0);
  const at = board.ids.flatMap((id, i) => (touched.has(board.shown[i] ?? 0) || to.has(id) ? [i] : []));
  if (at.length === 0) return [];
  const every = Math.ceil(at.length / dotsMost);
  const kept = at.filter((i, k) => k % every === 0 || to.has(board.ids[i] ?? 0));
  const lons = kept.map((i) => board.lon[i] ?? 0);
  const lats = kept.map((i) => board.lat[i] ?? 0);
  const [w, s, n] = [Math.min(...lons), Math.min(...lats), Math.max(...lats)];
  const cos = Math.cos((((s + n) / 2) * Math.PI) / 180);
  const span = Math.max(1e-9, (Math.max(...lons) - w) * cos, n - s);
  const px = (sizePx - 2 * marginPx) / span;
  return kept.map((i, k) => {
    const id = board.ids[i] ?? 0;
    const target = to.get(id) ?? board.shown[i] ?? 0;
    return {
      x: marginPx + ((lons[k] ?? w) - w) * cos * px,
      y: marginPx + (n - (lats[k] ?? n)) * px,
      colour: board.grids.get(target)?.colour ?? 5,
      moves: to.has(id),
    };
  });
}
