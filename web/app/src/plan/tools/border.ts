import type { Map as MapLibre } from "maplibre-gl";
import { getArc } from "../api/client";
import type { ArcAnswer, LonLat } from "../api/types";
import { p } from "../i18n/text";
import { middle } from "../map/work";
import { inOrder } from "../state/order";
import { words } from "../state/say";
import { submit } from "../state/session";
import * as s from "../state/store";
import { metresPerPx } from "./context";
import { drag, snapMark, snapWords } from "./drag";
import type { Handler, Pointer } from "./gesture";
import type { Snapper } from "./snapping";

const reachPx = 14;
const handlePx = 11;

/** Moves, inserts and deletes points of a shared border; the grids on both sides follow. */
export function border(map: MapLibre, snaps: Snapper): Handler {
  let held = -1;
  const near = (at: LonLat, pointer: Pointer, px = handlePx): boolean => {
    const on = map.project(at);
    return Math.hypot(on.x - pointer.px.x, on.y - pointer.px.y) <= px;
  };
  return {
    cursor: "default",
    down(pointer) {
      const arc = s.arc.peek();
      held = arc?.arc.findIndex((at) => near(at, pointer)) ?? -1;
      s.arcPoint.value = held;
      return held >= 0 && s.editable.peek();
    },
    drag(pointer) {
      drag.value = snaps.place(pointer, s.arc.peek()?.arc);
      const to = snapMark.peek();
      s.hint.value = to ? snapWords(to) : p(pointer.alt ? "tool.dragFree" : "tool.drag");
    },
    up(pointer) {
      const arc = s.arc.peek();
      const from = arc?.arc[held];
      const moved = drag.peek() !== null;
      const to = snaps.place(pointer, arc?.arc);
      snapMark.value = null;
      if (arc && from && moved) movePoint(arc, held, to);
      else drag.value = null;
    },
    click(pointer) {
      const arc = s.arc.peek();
      const edge = arc ? middleUnder(arc, (at) => near(at, pointer)) : -1;
      if (arc && edge >= 0 && s.editable.peek()) insertPoint(arc, edge, (at) => snaps.place({ at, alt: pointer.alt }, arc.arc));
      else void pickArc(pointer.at, metresPerPx(map) * reachPx);
    },
    cancel() {
      held = -1;
      drag.value = null;
      snapMark.value = null;
      s.arcPoint.value = -1;
      s.arc.value = null;
    },
  };
}

function middleUnder(arc: ArcAnswer, near: (at: LonLat) => boolean): number {
  return arc.arc.findIndex((b, i) => {
    const a = arc.arc[i - 1];
    return a !== undefined && near(middle(a, b));
  });
}

/** The server looks this far; what is out of reach is sorted out here. */
const searchM = 500;

/** Reads the border in hand again, after its ground has changed under it. */
export async function refreshArc(): Promise<void> {
  const [plan, arc] = [s.plan.peek(), s.arc.peek()];
  const at = arc?.arc[Math.floor(arc.arc.length / 2)];
  if (!plan || !arc || !at || s.pendingCount.peek() > 0) return;
  try {
    const found = await getArc(plan.id, at, searchM);
    if (s.arc.peek() !== arc) return;
    if (found.arc.length !== arc.arc.length) s.arcPoint.value = -1;
    s.arc.value = found;
  } catch {
    s.arc.value = null;
  }
}

const picks = inOrder();

/** Takes the border nearest to a place into hand, unless another was picked or the tool laid down meanwhile. */
async function pickArc(at: LonLat, toleranceM: number): Promise<void> {
  const plan = s.plan.peek();
  if (!plan) return;
  const newest = picks();
  try {
    const arc = await getArc(plan.id, at, searchM);
    if (!newest() || s.tool.peek() !== "vertex") return;
    if ((arc.distance_m ?? 0) > toleranceM) {
      s.arc.value = null;
      s.hint.value = p("tool.noArc");
      return;
    }
    s.arc.value = arc;
    s.arcPoint.value = arc.kind === "edge" ? -1 : arc.arc.findIndex((q) => same(q, arc.at));
    s.hint.value = p("tool.arc", { n: arc.arc.length });
  } catch (cause) {
    if (!newest()) return;
    s.arc.value = null;
    s.hint.value = (cause as { status?: number }).status === 404 ? p("tool.noArc") : words(cause);
  }
}

const same = (a: LonLat, b: LonLat): boolean => Math.abs(a[0] - b[0]) < 6e-8 && Math.abs(a[1] - b[1]) < 6e-8;

export function movePoint(arc: ArcAnswer, index: number, to: LonLat): void {
  const from = arc.arc[index];
  drag.value = null;
  if (!from || same(from, to)) return;
  const node = index === 0 || index === arc.arc.length - 1;
  s.arc.value = { ...arc, arc: arc.arc.map((at, i) => (i === index ? to : at)), at: to };
  submit({ kind: node ? "move_node" : "move_vertex", at: from, to });
}

/** A new point in the middle of the edge that ends at a position, or where that snaps to. */
export function insertPoint(arc: ArcAnswer, end: number, snap: (at: LonLat) => LonLat = (at) => at): void {
  const [a, b] = [arc.arc[end - 1], arc.arc[end]];
  if (!a || !b) return;
  const raw = middle(a, b);
  const at = snap([Number(raw[0].toFixed(7)), Number(raw[1].toFixed(7))]);
  snapMark.value = null;
  s.arc.value = { ...arc, arc: [...arc.arc.slice(0, end), at, ...arc.arc.slice(end)] };
  s.arcPoint.value = end;
  submit({ kind: "insert_vertex", edge: [a, b], at });
}

/** Takes an inner point out; the ends of a border stay, they belong to others as well. */
export function deletePoint(arc: ArcAnswer, index: number): void {
  const at = arc.arc[index];
  if (!at || index === 0 || index === arc.arc.length - 1) {
    s.hint.value = p("tool.nodeStays");
    return;
  }
  s.arc.value = { ...arc, arc: arc.arc.filter((_, i) => i !== index) };
  s.arcPoint.value = -1;
  submit({ kind: "delete_vertex", at });
}
