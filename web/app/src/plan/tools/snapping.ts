import { effect } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import { getFeatures, getVertices, type Box } from "../api/layers";
import type { LonLat } from "../api/types";
import { groundChanges } from "../state/changes";
import { Snaps } from "../state/snap";
import * as s from "../state/store";
import { layers } from "../state/under";
import { degreesPerPx } from "./context";
import { snapMark } from "./drag";
import type { Pointer } from "./gesture";

const reachPx = 10;

/** Below this zoom ten pixels are a street, and the screen holds too much to ask for. */
const leastZoom = 15;

/** Room asked for around the screen, so that a little panning asks for nothing. */
const margin = 0.35;

export interface Snapper {
  /** Where a pointer snaps to, shown by a mark and a word; where it is, when nothing is near or Alt is held. */
  place(pointer: Pick<Pointer, "at" | "alt">, without?: readonly LonLat[]): LonLat;
  stop(): void;
}

/** Knows what is near the screen while a tool that snaps is in hand. */
export function snapper(map: MapLibre): Snapper {
  let snaps = new Snaps();
  let held: Box | null = null;
  let asking = new AbortController();
  let timer = 0;
  const pane = map.getCanvasContainer();

  const load = async (): Promise<void> => {
    const plan = s.plan.peek();
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    if (!plan) return;
    const box = padded(map);
    const next = new Snaps();
    const wanted = layers.peek().filter(({ kind }) => kind === "building" || kind === "road");
    try {
      await Promise.all([
        getVertices(plan.id, box, signal).then(({ lon, lat }) => lon.forEach((x, i) => next.addVertex([x, lat[i] ?? 0]))),
        ...wanted.map(async ({ name, kind }) => addAll(next, kind, (await getFeatures(name, box, signal)).features)),
      ]);
    } catch {
      return; // what was there stays; without an answer nothing new snaps
    }
    if (signal.aborted) return;
    [snaps, held] = [next, box];
    pane.dataset.snaps = "ready";
  };
  const soon = (afresh: boolean): void => {
    const wanted = (s.tool.peek() === "vertex" || s.tool.peek() === "cut") && map.getZoom() >= leastZoom;
    if (!wanted || (!afresh && held && covers(held, map))) return;
    delete pane.dataset.snaps;
    clearTimeout(timer);
    timer = window.setTimeout(() => void load(), 120);
  };
  const moved = (): void => soon(false);
  map.on("moveend", moved);
  const stop = effect(() => {
    void groundChanges.value;
    void layers.value;
    void s.tool.value;
    snapMark.value = null;
    soon(true);
  });
  return {
    place({ at, alt }, without = []) {
      const free = alt || !s.snapping.peek() || map.getZoom() < leastZoom;
      const found = free ? null : snaps.find(at, degreesPerPx(map) * reachPx, without);
      snapMark.value = found;
      return found?.at ?? at;
    },
    stop() {
      clearTimeout(timer);
      asking.abort();
      map.off("moveend", moved);
      stop();
    },
  };
}

type Features = Awaited<ReturnType<typeof getFeatures>>["features"];

function addAll(to: Snaps, kind: string, features: Features): void {
  for (const { geometry } of features) {
    const lines = geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : geometry.coordinates;
    for (const line of lines) {
      if (kind === "building") to.addBuilding(line);
      else to.addRoad(line);
    }
  }
}

function padded(map: MapLibre): Box {
  const b = map.getBounds();
  const [w, so, e, n] = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
  const [dx, dy] = [(e - w) * margin, (n - so) * margin];
  return [w - dx, so - dy, e + dx, n + dy];
}

function covers(box: Box, map: MapLibre): boolean {
  const b = map.getBounds();
  return box[0] <= b.getWest() && box[1] <= b.getSouth() && box[2] >= b.getEast() && box[3] >= b.getNorth();
}
