import type { Candidate } from "../api/proposals";
import { thumbnail } from "../state/thumb";
import * as s from "../state/store";

const sizePx = 96;

/** A small picture of a candidate: atoms as dots in the colour of their grid, those that move ringed. */
export function Thumb({ candidate }: { candidate: Candidate }) {
  const board = s.board.value;
  if (!board) return null;
  const dots = thumbnail(board, candidate, sizePx);
  return (
    <svg class="thumb" viewBox={`0 0 ${sizePx} ${sizePx}`} aria-hidden="true">
      {dots.map(({ x, y, colour, moves }, i) => (
        <circle key={i} class={`swatch-${colour} ${moves ? "thumb-moves" : ""}`} cx={x} cy={y} r={moves ? 2.6 : 2} />
      ))}
    </svg>
  );
}
