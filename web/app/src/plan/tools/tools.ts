import { effect } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import type { LonLat } from "../api/types";
import { p } from "../i18n/text";
import { chooseAtoms, selectGrid, toggleAtom, toggleGrid } from "../state/edit";
import * as s from "../state/store";
import { groundChanges } from "../state/changes";
import { border, refreshArc } from "./border";
import { atomAt, centrePointer, gridAt } from "./context";
import { type Handler, listenTo } from "./gesture";
import { brush, loop } from "./paint";
import { snapMark } from "./drag";
import { type Snapper, snapper } from "./snapping";

function selectTool(map: MapLibre): Handler {
  return {
    cursor: "default",
    click(pointer) {
      const grid = gridAt(map, pointer);
      if (pointer.shift) {
        const atom = atomAt(map, pointer);
        if (atom !== null) toggleAtom(atom);
      } else if (pointer.ctrl && grid !== null) toggleGrid(grid);
      else selectGrid(grid);
    },
    hover(pointer) {
      s.hoveredGrid.value = gridAt(map, pointer);
    },
    cancel() {
      selectGrid(null);
      chooseAtoms([], false);
    },
  };
}

/** Draws the line along which a grid is cut: click by click, done with Enter or a second click on the last point. */
function cutTool(map: MapLibre, snaps: Snapper): Handler {
  let drawnByHand = false;
  const finish = (): void => {
    const line = s.sketch.peek();
    const grid = s.selectedGrid.peek() ?? gridUnderLine(map, line);
    if (line.length < 2 || grid === null) {
      s.hint.value = p("tool.cutShort");
      return;
    }
    s.dialog.value = { kind: "cut", grid, line };
  };
  return {
    cursor: "crosshair",
    hover(pointer) {
      snaps.place(pointer);
    },
    click({ at: under, px, keys, alt }) {
      const at = snaps.place({ at: under, alt });
      const last = s.sketch.peek().at(-1);
      if (keys && drawnByHand && s.sketch.peek().length > 1) {
        finish(); // Enter after clicks ends the line; without a mouse it adds the cross
        return;
      }
      drawnByHand = !keys;
      const on = last ? map.project(last) : null;
      if (on && Math.hypot(on.x - px.x, on.y - px.y) < 8) {
        finish();
        return;
      }
      s.sketch.value = [...s.sketch.peek(), at];
      s.hint.value = p("tool.cutting", { n: s.sketch.peek().length });
    },
    finish,
    cancel() {
      snapMark.value = null;
      s.sketch.value = [];
    },
  };
}

/** The grid that most of a line lies in, by its points and middles. */
function gridUnderLine(map: MapLibre, line: readonly LonLat[]): number | null {
  const votes = new Map<number, number>();
  line.forEach((at, i) => {
    const before = line[i - 1];
    const places = before ? [[(at[0] + before[0]) / 2, (at[1] + before[1]) / 2] as LonLat, at] : [at];
    for (const place of places) {
      const { x, y } = map.project(place);
      const grid = gridAt(map, { at: place, px: { x, y } });
      if (grid !== null) votes.set(grid, (votes.get(grid) ?? 0) + 1);
    }
  });
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

function commentTool(map: MapLibre): Handler {
  return {
    cursor: "crosshair",
    click(pointer) {
      s.dialog.value = { kind: "comment", point: pointer.at, grid: gridAt(map, pointer) ?? 0 };
    },
  };
}

/** Puts the tools to work on a map; returns what takes them away. */
export function startTools(map: MapLibre): () => void {
  const snaps = snapper(map);
  const handlers: Record<s.Tool, Handler> = {
    select: selectTool(map),
    brush: brush(map),
    lasso: loop(map, "lasso"),
    box: loop(map, "box"),
    vertex: border(map, snaps),
    cut: cutTool(map, snaps),
    comment: commentTool(map),
  };
  const inHand = (): Handler => handlers[s.tool.peek()];
  map.boxZoom.disable();
  map.doubleClickZoom.disable();
  const stopListening = listenTo(map, inHand);
  let before: s.Tool = s.tool.peek();
  const stopTool = effect(() => {
    const now = s.tool.value;
    if (now !== before && before !== "select") handlers[before].cancel?.();
    before = now;
    s.sketch.value = [];
    s.hint.value = p(`tool.${now}.hint`);
    map.getCanvasContainer().dataset.tool = now;
  });
  const stopArc = effect(() => {
    if (groundChanges.value > 0) void refreshArc();
  });
  const canvas = map.getCanvas();
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const hand = inHand();
    const pointer = centrePointer(map, { shift: event.shiftKey, alt: event.altKey });
    if (event.shiftKey && hand.finish) hand.finish();
    else if (hand.click) hand.click(pointer);
    else if (hand.down?.(pointer)) hand.up?.(pointer);
  };
  canvas.addEventListener("keydown", pressed);
  finishTool = () => inHand().finish?.();
  cancelTool = () => inHand().cancel?.();
  return () => {
    canvas.removeEventListener("keydown", pressed);
    stopListening();
    stopTool();
    stopArc();
    snaps.stop();
    finishTool = cancelTool = () => undefined;
  };
}

export let finishTool = (): void => undefined;
export let cancelTool = (): void => undefined;
