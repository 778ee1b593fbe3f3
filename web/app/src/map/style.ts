import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { tilesOf } from "../api/asof";
import { byZoom } from "./byzoom";
import type { LevelClass, LevelScale } from "./levels";
import { isFine, nameStyle } from "./names";
import { asked, selection } from "./overlay";
import type { Palette } from "./palette";

/** Line widths in CSS pixels at zoom 11, 14 and 17. */
const widths: Record<LevelClass, readonly [number, number, number]> = {
  district: [2.4, 4, 7],
  street: [1.6, 3, 5.5],
  community: [0.8, 2, 4],
  grid: [0.3, 1.1, 2.6],
};

export const empty: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export const fillId = (rank: number): string => `fill-${rank}`;
const lineId = (rank: number): string => `line-${rank}`;
const labelId = (rank: number): string => `label-${rank}`;

/** What may change without a new style: the rank filled, and whether a person chose it. */
export interface Shown {
  rank: number;
  byHand: boolean;
}

/** The whole map as one value: tiles of this server, borders by level, labels by size, and what was asked on top. */
export function buildStyle(scales: readonly LevelScale[], p: Palette, shown: Shown, day: string): StyleSpecification {
  const coarseFirst = [...scales];
  const fineFirst = [...scales].reverse();
  return {
    version: 8,
    transition: { duration: 260, delay: 0 },
    sources: {
      grids: { type: "vector", url: tilesOf("grids", day) },
      atoms: { type: "vector", url: tilesOf("atoms", day) },
      outline: { type: "geojson", data: empty },
      asked: { type: "geojson", data: empty },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": p.ground } },
      ...coarseFirst.map((s) => fill(s, p, shown)),
      ...atoms(p),
      ...fineFirst.map((s) => border(s, p, shown)),
      hoverLine(p),
      ...selection(p),
      ...fineFirst.map((s) => label(s, p, shown)),
      ...asked(p),
    ],
  };
}

export type LayerChange = [layer: string, kind: "paint" | "layout", property: string, value: unknown];

/** Paint and visibility that follow the level shown, as [layer, property, value]. */
export function levelChanges(scales: readonly LevelScale[], p: Palette, shown: Shown): LayerChange[] {
  return scales.flatMap((s): LayerChange[] => {
    const { rank } = s.level;
    return [
      [fillId(rank), "paint", "fill-opacity", fillOpacity(rank, p, shown)],
      [fillId(rank), "layout", "visibility", "visible"],
      [lineId(rank), "layout", "visibility", lineVisible(rank, shown)],
      [labelId(rank), "layout", "visibility", lineVisible(rank, shown)],
    ];
  });
}

const lineVisible = (rank: number, shown: Shown): "visible" | "none" =>
  shown.byHand && rank > shown.rank ? "none" : "visible";

const hovering: ExpressionSpecification = ["boolean", ["feature-state", "hover"], false];

function hoverLine(p: Palette): LayerSpecification {
  return {
    id: "hover-line",
    type: "line",
    source: "grids",
    "source-layer": "grids",
    layout: { "line-join": "round" },
    paint: {
      "line-color": p.hover,
      "line-width": 2.4,
      "line-opacity": ["case", hovering, 1, 0],
      "line-opacity-transition": { duration: 0 },
    },
  };
}

function fillOpacity(rank: number, p: Palette, shown: Shown): ExpressionSpecification | number {
  if (rank !== shown.rank) return 0;
  return ["case", hovering, Math.min(1, p.fillOpacity + 0.16), p.fillOpacity];
}

function fill({ level }: LevelScale, p: Palette, shown: Shown): LayerSpecification {
  const [c0, c1, c2, c3, c4, c5] = p.fills;
  return {
    id: fillId(level.rank),
    type: "fill",
    source: "grids",
    "source-layer": "grids",
    filter: ["==", ["get", "level"], level.rank],
    paint: {
      "fill-color": ["match", ["to-number", ["get", "colour"]], 1, c1, 2, c2, 3, c3, 4, c4, 5, c5, c0],
      "fill-opacity": fillOpacity(level.rank, p, shown),
      "fill-antialias": false,
    },
  };
}

function atoms(p: Palette): LayerSpecification[] {
  return [
    {
      id: "atoms",
      type: "line",
      source: "atoms",
      "source-layer": "atoms",
      minzoom: 14,
      paint: {
        "line-color": p.atoms,
        "line-width": ["interpolate", ["linear"], ["zoom"], 14, 0.4, 17, 1],
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 14, 0.25, 15, 0.7],
      },
    },
  ];
}

function border({ level, look, lineZoom }: LevelScale, p: Palette, shown: Shown): LayerSpecification {
  return {
    id: lineId(level.rank),
    type: "line",
    source: "grids",
    "source-layer": "borders",
    // The border of the whole area may carry -1: it is drawn as the top level's.
    filter: [level.rank === 0 ? "<=" : "==", ["get", "level"], level.rank],
    minzoom: Math.max(0, Math.min(22, lineZoom)),
    layout: { "line-join": "round", "line-cap": "round", visibility: lineVisible(level.rank, shown) },
    paint: {
      "line-color": p.lines[look],
      "line-width": byZoom(widths[look]),
      "line-opacity": ["interpolate", ["linear"], ["zoom"], lineZoom, 0, lineZoom + 0.7, 0.9],
    },
  };
}

function label(scale: LevelScale, p: Palette, shown: Shown): LayerSpecification {
  const { level, look, labelFrom } = scale;
  const name: ExpressionSpecification = ["coalesce", ["get", "name"], ["get", "code"], ""];
  const nameAndCode: ExpressionSpecification = [
    "format",
    name,
    {},
    "\n",
    {},
    ["coalesce", ["get", "code"], ""],
    { "font-scale": 0.72 },
  ];
  const style = nameStyle(scale, p, isFine(look) ? ["step", ["zoom"], name, labelFrom + 1.1, nameAndCode] : name);
  return {
    id: labelId(level.rank),
    type: "symbol",
    source: "grids",
    "source-layer": "labels",
    filter: ["==", ["get", "level"], level.rank],
    ...style,
    layout: { ...style.layout, visibility: lineVisible(level.rank, shown) },
  };
}
