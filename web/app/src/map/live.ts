import { effect } from "@preact/signals";
import type { GeoJSONSource, Map as MapLibre, VectorTileSource } from "maplibre-gl";
import { asOf, tilesOf } from "../api/asof";
import { camera, hovered, levelChoice, meta, network, online, outline, selection, shownRank, zoom } from "../state/app";
import { dark, narrow } from "../state/prefs";
import { askedFeatures, outlineFeatures } from "./asked";
import { unrest } from "./create";
import { type LevelScale, rankForZoom } from "./levels";
import { light, night, type Palette } from "./palette";
import { buildStyle, empty, type LayerChange, levelChanges, type Shown } from "./style";

const palette = (): Palette => (dark.value ? night : light);

const shown = (): Shown => ({ rank: shownRank.value, byHand: levelChoice.value !== "auto" });

export const firstStyle = (scales: readonly LevelScale[]): ReturnType<typeof buildStyle> =>
  buildStyle(scales, palette(), shown(), asOf.peek());

/** Keeps the map in step with the signals; returns what undoes it. */
export function follow(map: MapLibre, scales: readonly LevelScale[]): () => void {
  const stops = [
    effect(() => {
      const known = network.value.levels.some((level) => level.rank === levelChoice.value);
      shownRank.value = known ? (levelChoice.value as number) : rankForZoom(scales, zoom.value);
    }),
    followTheme(map, scales),
    followLevel(map, scales),
    followData(map),
    followHover(map),
    followCamera(map),
    followConnection(map),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function followTheme(map: MapLibre, scales: readonly LevelScale[]): () => void {
  let first = true;
  return effect(() => {
    const p = palette();
    if (first) {
      first = false; // the map was made with this style
      return;
    }
    unrest(map);
    map.setStyle(buildStyle(scales, p, { rank: shownRank.peek(), byHand: levelChoice.peek() !== "auto" }, asOf.peek()), {
      transformStyle: (previous, next) => {
        // The data on screen belongs to the question, not to the colours.
        for (const id of ["outline", "asked"]) {
          const kept = previous?.sources[id];
          if (kept) next.sources[id] = kept;
        }
        return next;
      },
    });
  });
}

function followLevel(map: MapLibre, scales: readonly LevelScale[]): () => void {
  return effect(() => {
    const s = shown();
    whenStyled(map, () => {
      for (const change of levelChanges(scales, dark.peek() ? night : light, s)) apply(map, change);
    });
  });
}

function apply(map: MapLibre, [layer, kind, name, value]: LayerChange): void {
  if (!map.getLayer(layer)) return;
  if (kind === "paint") map.setPaintProperty(layer, name as never, value as never);
  else map.setLayoutProperty(layer, name as never, value as never);
}

function followData(map: MapLibre): () => void {
  const put = (id: string, data: GeoJSON.FeatureCollection): void =>
    whenStyled(map, () => void map.getSource<GeoJSONSource>(id)?.setData(data));
  const stopOutline = effect(() => {
    const s = selection.value;
    const outside = s.kind === "point" && s.answer?.status === "outside";
    put("outline", outline.value ? outlineFeatures(outline.value, outside) : empty);
  });
  const stopAsked = effect(() => {
    const s = selection.value;
    if (s.kind !== "point") {
      put("asked", empty);
      return;
    }
    if (s.answer) {
      put("asked", askedFeatures(s.answer.point, s.answer.accuracy_m, s.answer.nearest_border));
      return;
    }
    // Before the answer only a coordinate in the map's own frame may be drawn: another would be hundreds of metres off.
    const drawable = s.query.crs === "wgs84" || s.query.crs === "cgcs2000";
    put("asked", drawable ? askedFeatures(s.query, s.query.accuracyM ?? 0, null) : empty);
  });
  return () => {
    stopOutline();
    stopAsked();
  };
}

function followHover(map: MapLibre): () => void {
  let last: number | null = null;
  const mark = (id: number | null, hover: boolean): void => {
    if (id !== null) map.setFeatureState({ source: "grids", sourceLayer: "grids", id }, { hover });
  };
  return effect(() => {
    const id = hovered.value;
    whenStyled(map, () => {
      mark(last, false);
      mark(id, true);
      last = id;
    });
  });
}

function followCamera(map: MapLibre): () => void {
  return effect(() => {
    const goal = camera.value;
    if (!goal) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const duration = calm ? 0 : 600;
    const padding = narrow.peek() ? 24 : 64;
    if (goal.box) map.fitBounds(goal.box, { padding, maxZoom: 17, duration });
    else if (goal.point) {
      map.easeTo({ center: [goal.point.lon, goal.point.lat], zoom: Math.max(map.getZoom(), 15), duration });
    }
  });
}

/** Asks for the tiles again when the server is back after an absence, or has published a new edition. */
function followConnection(map: MapLibre): () => void {
  let drawn = meta.peek()?.edition;
  let wasAway = false;
  let drawnDay = asOf.peek();
  return effect(() => {
    const day = asOf.value;
    if (day !== drawnDay) {
      drawnDay = day;
      for (const set of ["grids", "atoms"] as const) map.getSource<VectorTileSource>(set)?.setUrl(tilesOf(set, day));
    }
    const edition = meta.value?.edition;
    if (!online.value) {
      wasAway = true;
      return;
    }
    if (!wasAway && edition === drawn) return;
    wasAway = false;
    drawn = edition;
    map.refreshTiles("grids");
    map.refreshTiles("atoms");
  });
}

function whenStyled(map: MapLibre, act: () => void): void {
  if (map.style._loaded) act();
  else map.once("style.load", act);
}
