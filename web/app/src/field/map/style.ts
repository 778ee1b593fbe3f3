import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { boldFont } from "../../map/names";
import type { Palette } from "../../map/palette";

export const empty: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

/** What the walk's map adds to the colours of all maps; tokens of field.css say the same for the key. */
const inks = {
  day: { proposed: "#a3156f", now: "#55534d", comment: "#7d4a00" },
  night: { proposed: "#ff8ad4", now: "#d5d1c8", comment: "#f3c26b" },
} as const;

/** The draft's ground with the present border as a wide pale line and the proposed one as a fine strong line over it. */
export function walkStyle(plan: number, leaf: number, p: Palette, night: boolean): StyleSpecification {
  const ink = inks[night ? "night" : "day"];
  return {
    version: 8,
    sources: {
      draft: { type: "vector", url: `/tiles/plans/${plan}.json` },
      now: { type: "vector", url: "/tiles/grids.json" },
      walk: { type: "geojson", data: empty },
      comments: { type: "geojson", data: empty },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": p.ground } },
      fill(leaf, p),
      atomLines(p),
      border("now", leaf, ink.now, [2, 4.5, 9], 0.45),
      upper(leaf, p),
      border("draft", leaf, ink.proposed, [0.8, 1.8, 3.2], 1),
      names(leaf, p),
      ...marks(p, ink),
    ],
  };
}

const widths = ([a, b, c]: readonly [number, number, number]): ExpressionSpecification => [
  "interpolate",
  ["exponential", 1.3],
  ["zoom"],
  11,
  a,
  14,
  b,
  17,
  c,
];

const round = { "line-join": "round", "line-cap": "round" } as const;

function border(
  source: "draft" | "now",
  leaf: number,
  colour: string,
  width: readonly [number, number, number],
  opacity: number,
): LayerSpecification {
  return {
    id: `border-${source}`,
    type: "line",
    source,
    "source-layer": "borders",
    filter: ["<=", ["get", "level"], leaf],
    layout: round,
    paint: { "line-color": colour, "line-width": widths(width), "line-opacity": opacity },
  };
}

const upper = (leaf: number, p: Palette): LayerSpecification => ({
  id: "border-upper",
  type: "line",
  source: "draft",
  "source-layer": "borders",
  filter: ["<", ["get", "level"], leaf],
  layout: round,
  paint: { "line-color": p.lines.community, "line-width": widths([1.4, 3, 5.5]), "line-opacity": 0.55 },
});

function fill(leaf: number, p: Palette): LayerSpecification {
  const [c0, c1, c2, c3, c4, c5] = p.fills;
  return {
    id: "fill",
    type: "fill",
    source: "draft",
    "source-layer": "grids",
    filter: ["==", ["get", "level"], leaf],
    paint: {
      "fill-color": ["match", ["to-number", ["get", "colour"]], 1, c1, 2, c2, 3, c3, 4, c4, 5, c5, c0],
      "fill-opacity": 0.62,
      "fill-antialias": false,
    },
  };
}

const atomLines = (p: Palette): LayerSpecification => ({
  id: "atoms",
  type: "line",
  source: "draft",
  "source-layer": "atoms",
  minzoom: 14,
  paint: { "line-color": p.atoms, "line-width": 0.8, "line-opacity": 0.7 },
});

const names = (leaf: number, p: Palette): LayerSpecification => ({
  id: "names",
  type: "symbol",
  source: "draft",
  "source-layer": "labels",
  filter: ["==", ["get", "level"], leaf],
  minzoom: 13.5,
  layout: {
    "text-field": ["coalesce", ["get", "name"], ["get", "code"], ""],
    "text-font": boldFont,
    "text-size": widths([11, 13, 17]),
    "text-max-width": 7,
    "text-padding": 6,
  },
  paint: { "text-color": p.text.grid, "text-halo-color": p.halo, "text-halo-width": 1.8 },
});

const kind = (name: string): ExpressionSpecification => ["==", ["get", "kind"], name];

/** Where one is, how surely, the way to the border, and the remarks. */
const marks = (p: Palette, ink: { proposed: string; comment: string }): LayerSpecification[] => [
  {
    id: "accuracy",
    type: "fill",
    source: "walk",
    filter: kind("accuracy"),
    paint: { "fill-color": p.selected, "fill-opacity": 0.16, "fill-outline-color": p.selected },
  },
  {
    id: "way",
    type: "line",
    source: "walk",
    filter: kind("way"),
    paint: { "line-color": ink.proposed, "line-width": 2, "line-dasharray": [1.5, 1.5] },
  },
  {
    id: "comments",
    type: "circle",
    source: "comments",
    paint: {
      "circle-radius": 8,
      "circle-color": ["case", ["get", "settled"], p.ground, ink.comment],
      "circle-stroke-color": ["case", ["get", "settled"], ink.comment, p.pointRing],
      "circle-stroke-width": 2.4,
    },
  },
  {
    id: "own",
    type: "circle",
    source: "walk",
    filter: kind("own"),
    paint: { "circle-radius": 7, "circle-color": p.selected, "circle-stroke-color": p.selectedCasing, "circle-stroke-width": 2.5 },
  },
  {
    id: "tapped",
    type: "circle",
    source: "walk",
    filter: kind("tapped"),
    paint: { "circle-radius": 8, "circle-color": p.point, "circle-stroke-color": p.pointRing, "circle-stroke-width": 3 },
  },
];
