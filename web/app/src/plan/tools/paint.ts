import type { Map as MapLibre } from "maplibre-gl";
import type { LonLat } from "../api/types";
import { p } from "../i18n/text";
import { assign, chooseAtoms, movable, nameOf } from "../state/edit";
import { along } from "../state/pick";
import { complain } from "../state/say";
import { draw } from "../state/screen";
import * as s from "../state/store";
import { atomAt, degreesPerPx, gridAt, pointIndex } from "./context";
import type { Handler, Pointer } from "./gesture";

/** Paints atoms into the selected grid; without one, into the grid where the stroke begins. */
export function brush(map: MapLibre): Handler {
  let to: number | null = null;
  let last: LonLat | null = null;
  let stroke = new Set<number>();

  const dab = (pointer: Pointer): void => {
    const board = s.board.peek();
    if (to === null || !board) return;
    const radius = s.brushPx.peek() * degreesPerPx(map);
    const before = stroke.size;
    const under = atomAt(map, pointer);
    const found = along(last ?? pointer.at, pointer.at, radius / 1.5)
      .flatMap((at) => pointIndex()?.within(at, radius) ?? [])
      .map((i) => board.ids[i] ?? 0);
    for (const atom of movable(under === null ? found : [...found, under], to)) stroke.add(atom);
    last = pointer.at;
    if (stroke.size === before) return;
    draw({ kind: "reassign_atoms", atoms: [...stroke], to });
    s.hint.value = p("tool.brushing", { n: stroke.size, name: nameOf(to) });
  };
  const end = (): void => {
    to = null;
    last = null;
    stroke = new Set();
  };
  return {
    cursor: "none",
    down(pointer) {
      to = s.selectedGrid.peek() ?? gridAt(map, pointer);
      if (to === null || !s.editable.peek()) {
        s.hint.value = p(to === null ? "tool.brushNowhere" : "edit.frozen");
        return false;
      }
      if (s.board.peek()?.grids.get(to)?.locked) {
        complain(p("edit.locked", { name: nameOf(to) }));
        return false;
      }
      dab(pointer);
      return true;
    },
    drag: dab,
    up() {
      const [atoms, target] = [stroke, to];
      end();
      draw();
      if (target !== null && atoms.size > 0) assign(atoms, target);
    },
    cancel() {
      end();
      draw();
    },
  };
}

/** Takes the atoms inside a loop or a box: into the selected grid, or as a choice when none is selected. */
export function loop(map: MapLibre, shape: "lasso" | "box"): Handler {
  let corner: LonLat | null = null;
  const leastPx = 3;
  const grow = (at: LonLat): void => {
    if (!corner) return;
    if (shape === "box") {
      s.sketch.value = [corner, [at[0], corner[1]], at, [corner[0], at[1]]];
      return;
    }
    const before = s.sketch.peek().at(-1);
    const far = before ? Math.hypot(at[0] - before[0], at[1] - before[1]) : Infinity;
    if (far > degreesPerPx(map) * leastPx) s.sketch.value = [...s.sketch.peek(), at];
  };
  return {
    cursor: "crosshair",
    down(pointer) {
      corner = pointer.at;
      s.sketch.value = [pointer.at];
      return true;
    },
    drag: (pointer) => grow(pointer.at),
    up(pointer) {
      grow(pointer.at);
      const board = s.board.peek();
      const inside = pointIndex()?.inside(s.sketch.peek()) ?? [];
      const under = inside.length > 0 ? null : atomAt(map, pointer);
      const atoms = inside.map((i) => board?.ids[i] ?? 0);
      if (under !== null) atoms.push(under);
      corner = null;
      s.sketch.value = [];
      const to = s.selectedGrid.peek();
      if (to !== null && !pointer.shift && s.editable.peek()) assign(atoms, to);
      else chooseAtoms(atoms, pointer.shift);
    },
    cancel() {
      corner = null;
      s.sketch.value = [];
    },
  };
}
