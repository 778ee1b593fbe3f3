import { effect } from "@preact/signals";
import type { GeoJSONSource, Map as MapLibre, VectorTileSource } from "maplibre-gl";
import { unrest } from "../../map/create";
import { levelScales } from "../../map/levels";
import { light, night } from "../../map/palette";
import { camera, cursor, meta, online, zoom } from "../../state/app";
import { dark, narrow } from "../../state/prefs";
import { atomChanges, groundChanges } from "../state/changes";
import * as s from "../state/store";
import { heatNow, other, visible } from "../state/under";
import { followHeat } from "./heat";
import { labelFeatures } from "./labels";
import { Painter } from "./states";
import type { Look, TilePlan } from "./look";
import { edgeLayer, planStyle } from "./style";
import { fromTile } from "./tileids";
import { atRevision } from "./tileplan";
import { arcFeatures, commentFeatures, problemFeature, sketchFeatures, snapFeature } from "./work";
import { drag, snapMark, snapWords } from "../tools/drag";

export function lookNow(tiles: TilePlan): Look {
  const network = s.planNetwork.value;
  const bounds = s.board.peek()?.bounds ?? meta.peek()?.bounds ?? [0, 0, 1, 1];
  return {
    scales: network ? levelScales(network, meta.peek()?.bounds ?? bounds) : [],
    palette: dark.value ? night : light,
    paint: s.paint.value,
    tiles,
    under: { layers: visible.value, heat: heatNow.value !== "", ...otherNow() },
  };
}

/** The other network that is chosen, if the map still has it and the draft is not of it. */
function otherNow(): { other: string; otherLeaf: number } {
  const code = other.value;
  const found = code === s.planNetwork.value?.code ? undefined : meta.value?.networks.find((n) => n.code === code);
  return { other: found ? code : "", otherLeaf: found?.levels.at(-1)?.rank ?? 0 };
}

/** Keeps the editor's map in step with the signals; returns what undoes it. */
export function followBoard(map: MapLibre, tiles: TilePlan): () => void {
  const painter = new Painter(map, tiles);
  learnEdges(map, tiles, painter);
  const stops = [
    followLook(map, tiles),
    effect(() => {
      const { at } = atomChanges.value;
      void s.version.value;
      const board = s.board.value;
      if (board) painter.draw(board, at);
    }),
    effect(() => {
      const board = s.board.value;
      const chosen = new Set(s.chosenGrids.value);
      if (s.selectedGrid.value !== null) chosen.add(s.selectedGrid.value);
      if (board) painter.select(board, chosen, s.chosenAtoms.value);
    }),
    effect(() => {
      const board = s.board.peek();
      if (board) painter.hover(board, s.hoveredGrid.value);
    }),
    followLabels(map),
    followWork(map),
    followGround(map, tiles, painter),
    followHeat(map),
    followCamera(map),
  ];
  map.on("move", () => {
    zoom.value = map.getZoom();
  });
  zoom.value = map.getZoom();
  map.on("mousemove", ({ lngLat }) => {
    cursor.value = { lon: lngLat.lng, lat: lngLat.lat };
  });
  map.on("error", ({ error }) => {
    if (error instanceof TypeError) online.value = false;
  });
  return () => {
    for (const stop of stops) stop();
  };
}

function followLook(map: MapLibre, tiles: TilePlan): () => void {
  let first = true;
  return effect(() => {
    const style = planStyle(lookNow(tiles));
    if (first) {
      first = false;
      // What layers there are may have come while the map was being made without them.
      if (style.layers.every(({ id }) => map.getLayer(id))) return;
    }
    unrest(map);
    map.setStyle(style, {
      transformStyle: (previous, next) => {
        // Colours are new; tiles, labels and sketches stay what they are.
        for (const id of Object.keys(next.sources)) {
          const kept = previous?.sources[id];
          if (kept) next.sources[id] = kept;
        }
        return next;
      },
    });
    map.once("styledata", () => {
      if (map.hasImage("hatch")) map.removeImage("hatch"); // its ink is that of the other colours
      addHatch(map);
    });
  });
}

function followLabels(map: MapLibre): () => void {
  let timer = 0;
  return effect(() => {
    void s.version.value;
    const board = s.board.value;
    clearTimeout(timer);
    if (!board) return;
    // Labels are laid out anew as a whole: once a stroke rests is soon enough.
    timer = window.setTimeout(() => put(map, "labels", labelFeatures(board)), 120);
  });
}

function followWork(map: MapLibre): () => void {
  const stop = effect(() => {
    const arc = s.tool.value === "vertex" ? s.arc.value : null;
    const problem = s.problems.value[s.problemIndex.value]?.at;
    const features = [
      ...(arc ? arcFeatures(arc, s.arcPoint.value, drag.value) : []),
      ...sketchFeatures(s.sketch.value, s.tool.value === "lasso" || s.tool.value === "box"),
      ...(problem ? [problemFeature(problem)] : []),
      ...(snapMark.value ? [snapFeature(snapMark.value.at, snapWords(snapMark.value))] : []),
    ];
    put(map, "work", { type: "FeatureCollection", features });
  });
  const stopComments = effect(() => put(map, "comments", commentFeatures(s.comments.value)));
  return () => {
    stop();
    stopComments();
  };
}

const restMs = 900;

/** Asks for tiles of the newest revision when ground has changed, and for still borders once strokes rest. */
function followGround(map: MapLibre, tiles: TilePlan, painter: Painter): () => void {
  let timer = 0;
  let drawnRev = s.board.peek()?.rev ?? 0;
  let drawnGround = groundChanges.peek();
  let wasBack = s.replay.peek() !== null;
  const reload = (): void => {
    const rev = s.board.peek()?.rev ?? 0;
    drawnRev = rev;
    painter.forget();
    unrest(map);
    for (const [name, { tiles: urls }] of Object.entries(tiles.tiles)) {
      map.getSource<VectorTileSource>(name)?.setTiles(urls.map((url) => atRevision(url, rev, s.replay.peek() !== null)));
    }
  };
  const stop = effect(() => {
    void s.version.value;
    const ground = groundChanges.value;
    const rev = s.board.value?.rev ?? 0;
    const back = s.replay.value !== null;
    clearTimeout(timer);
    if (ground !== drawnGround && (rev !== drawnRev || back !== wasBack)) {
      drawnGround = ground;
      wasBack = back;
      reload();
    } else if (rev !== drawnRev && (!tiles.edges || zoom.peek() < tiles.atomZoom)) {
      timer = window.setTimeout(reload, restMs);
    }
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

interface LoadedTile {
  querySourceFeatures(result: unknown[], params: { sourceLayer: string }): void;
}

function learnEdges(map: MapLibre, tiles: TilePlan, painter: Painter): void {
  if (!tiles.edges) return;
  const learn = (found: readonly { id?: number | string | undefined; properties: Record<string, unknown> }[]): void => {
    for (const { id, properties } of found) {
      const { left, right } = properties;
      if (typeof id === "number") painter.learn(id, fromTile(Number(left ?? 0)), fromTile(Number(right ?? 0)));
    }
  };
  learn(map.querySourceFeatures(tiles.atoms, { sourceLayer: edgeLayer })); // of tiles that were there before
  map.on("sourcedata", (event) => {
    const tile = (event as { tile?: LoadedTile }).tile;
    if (event.sourceId !== tiles.atoms || !tile) return;
    const found: { id?: number | string; properties: Record<string, unknown> }[] = [];
    tile.querySourceFeatures(found, { sourceLayer: edgeLayer });
    learn(found);
  });
}

function followCamera(map: MapLibre): () => void {
  return effect(() => {
    const goal = camera.value;
    if (!goal) return;
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 500;
    if (goal.box) map.fitBounds(goal.box, { padding: narrow.peek() ? 24 : 80, maxZoom: 17, duration });
    else if (goal.point) {
      map.easeTo({ center: [goal.point.lon, goal.point.lat], zoom: Math.max(map.getZoom(), 16), duration });
    }
  });
}

function put(map: MapLibre, id: string, data: GeoJSON.FeatureCollection): void {
  void map.getSource<GeoJSONSource>(id)?.setData(data);
}

const hatchPx = 8;

/** Makes the pattern when a tile first asks for it, which is before the map counts as loaded. */
export function supplyHatch(map: MapLibre): void {
  map.setMissingStyleImageResolver((id) => {
    if (id === "hatch") addHatch(map);
  });
}

/** Slanting lines over what the draft changes; readable on every fill and in both themes. */
function addHatch(map: MapLibre): void {
  if (map.hasImage("hatch")) return;
  const data = new Uint8ClampedArray(hatchPx * hatchPx * 4);
  const ink = dark.peek() ? 235 : 20;
  for (let y = 0; y < hatchPx; y++) {
    for (let x = 0; x < hatchPx; x++) {
      if ((x + y) % hatchPx < 2) data.set([ink, ink, ink, 210], (y * hatchPx + x) * 4);
    }
  }
  map.addImage("hatch", { width: hatchPx, height: hatchPx, data });
}

/** The atom drawn under a point of the screen; null away from atoms. */
export function atomUnder(map: MapLibre, point: { x: number; y: number }): number | null {
  if (!map.getLayer("atom-fill")) return null;
  const [found] = map.queryRenderedFeatures([point.x, point.y], { layers: ["atom-fill"] });
  return typeof found?.id === "number" ? fromTile(found.id) : null;
}

/** The leaf grid drawn under a point where grids are drawn as a whole; null elsewhere. */
export function gridUnder(map: MapLibre, point: { x: number; y: number }): number | null {
  if (!map.getLayer("grid-fill")) return null;
  const [found] = map.queryRenderedFeatures([point.x, point.y], { layers: ["grid-fill"] });
  return typeof found?.id === "number" ? fromTile(found.id) : null;
}
