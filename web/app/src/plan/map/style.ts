import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { byZoom } from "../../map/byzoom";
import { labelLayers } from "./labels";
import type { Look } from "./look";
import { rampColours } from "./ramp";
import { underLabels, underLayers, underSources } from "./under";
import { workLayers } from "./work";

export const atomLayer = "atoms";
export const edgeLayer = "atom_edges";

const empty: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

const widths = {
  district: [2.4, 4, 7],
  street: [1.6, 3, 5.5],
  community: [0.8, 2, 4],
  grid: [0.3, 1.1, 2.6],
} as const;

const state = (name: string): ExpressionSpecification => ["feature-state", name];

/** The whole map of the editor; what changes with a stroke is feature state, not style. */
export function planStyle(look: Look): StyleSpecification {
  const { palette: p, tiles } = look;
  return {
    version: 8,
    transition: { duration: 160, delay: 0 },
    sources: {
      ...Object.fromEntries(Object.entries(tiles.tiles).map(([name, t]) => [name, { type: "vector" as const, ...t }])),
      labels: { type: "geojson", data: empty },
      work: { type: "geojson", data: empty },
      comments: { type: "geojson", data: empty },
      ...underSources(look),
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": p.ground } },
      ...gridFill(look),
      ...atomFills(look),
      ...underLayers(look),
      ...atomLines(look),
      ...borderLayers(look),
      ...underLabels(look),
      ...labelLayers(look),
      ...workLayers(p),
    ],
  };
}

/** Colour of a feature by its state: one of six by grid, or a step of the ramp by workload. */
function fillColour({ palette: p, paint }: Pick<Look, "palette" | "paint">): ExpressionSpecification {
  if (paint === "load") {
    const [r0, r1, r2, r3, r4, r5, r6] = rampColours;
    const step: ExpressionSpecification = ["to-number", ["coalesce", state("r"), -1]];
    return ["match", step, 0, r0, 1, r1, 2, r2, 3, r3, 4, r4, 5, r5, 6, r6, p.ground];
  }
  const [c0, c1, c2, c3, c4, c5] = p.fills;
  const colour: ExpressionSpecification = ["to-number", ["coalesce", state("c"), ["get", "colour"], 0]];
  return ["match", colour, -1, p.ground, 1, c1, 2, c2, 3, c3, 4, c4, 5, c5, c0];
}

/** Below the atoms' zoom whole grids are drawn. */
function gridFill({ scales, palette, paint, tiles }: Look): LayerSpecification[] {
  const leaf = scales.at(-1)?.level.rank ?? 0;
  return [
    {
      id: "grid-fill",
      type: "fill",
      source: tiles.grids,
      "source-layer": "grids",
      maxzoom: tiles.atomZoom,
      filter: ["==", ["get", "level"], leaf],
      paint: {
        "fill-color": fillColour({ palette, paint }),
        "fill-opacity": palette.fillOpacity,
        "fill-antialias": false,
      },
    },
  ];
}

function atomFills({ palette: p, paint, tiles }: Look): LayerSpecification[] {
  const from = { source: tiles.atoms, "source-layer": atomLayer, minzoom: tiles.atomZoom };
  const when = (name: string, on: number, off = 0): ExpressionSpecification => [
    "case",
    ["boolean", state(name), false],
    on,
    off,
  ];
  return [
    {
      id: "atom-fill",
      type: "fill",
      ...from,
      paint: {
        "fill-color": fillColour({ palette: p, paint }),
        "fill-color-transition": { duration: 0 },
        "fill-opacity": ["case", ["boolean", state("hov"), false], 1, p.fillOpacity],
        "fill-opacity-transition": { duration: 0 },
        "fill-antialias": false,
      },
    },
    {
      id: "atom-changed",
      type: "fill",
      ...from,
      paint: { "fill-pattern": "hatch", "fill-opacity": when("ch", 0.55), "fill-opacity-transition": { duration: 0 } },
    },
    {
      id: "atom-chosen",
      type: "fill",
      ...from,
      paint: {
        "fill-color": p.selected,
        "fill-opacity": ["case", ["boolean", state("sel"), false], 0.55, ["boolean", state("on"), false], 0.13, 0],
        "fill-opacity-transition": { duration: 0 },
      },
    },
  ];
}

function atomLines({ palette: p, tiles }: Look): LayerSpecification[] {
  const from = { source: tiles.atoms, "source-layer": atomLayer };
  return [
    {
      id: "atom-line",
      type: "line",
      ...from,
      minzoom: Math.max(14, tiles.atomZoom),
      paint: {
        "line-color": p.atoms,
        "line-width": ["interpolate", ["linear"], ["zoom"], 14, 0.4, 17, 1],
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 14, 0.25, 15, 0.7],
      },
    },
    {
      id: "atom-pinned",
      type: "line",
      ...from,
      minzoom: Math.max(14, tiles.atomZoom),
      paint: { "line-color": p.hover, "line-width": 1.8, "line-dasharray": [1, 1.4], "line-opacity": ["case", ["boolean", state("pin"), false], 0.8, 0] },
    },
  ];
}

function borderLayers(look: Look): LayerSpecification[] {
  const { scales, palette: p, tiles } = look;
  const fine = [...scales].reverse();
  const still: LayerSpecification[] = fine.map(({ level, look: as, lineZoom }) => ({
    id: `line-${level.rank}`,
    type: "line",
    source: tiles.grids,
    "source-layer": "borders",
    ...(tiles.edges ? { maxzoom: tiles.atomZoom } : {}),
    filter: [level.rank === 0 ? "<=" : "==", ["get", "level"], level.rank],
    minzoom: Math.max(0, Math.min(22, lineZoom)),
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": p.lines[as], "line-width": byZoom(widths[as]), "line-opacity": 0.95 },
  }));
  return tiles.edges ? [...still, ...edgeLines(look)] : still;
}

/** Level that an edge separates now, from its state; -1 inside a grid and until it is known. */
const edgeRank: ExpressionSpecification = ["to-number", ["coalesce", state("level"), -1]];

function edgeLines({ scales, palette: p, tiles }: Look): LayerSpecification[] {
  const from = { source: tiles.atoms, "source-layer": edgeLayer, minzoom: tiles.atomZoom };
  const round = { "line-join": "round", "line-cap": "round" } as const;
  const width = (stop: 0 | 1 | 2): ExpressionSpecification => {
    const cases = scales.flatMap(({ level, look: as }) => [level.rank, widths[as][stop]]);
    return ["match", edgeRank, ...cases, 0] as unknown as ExpressionSpecification;
  };
  const colours = scales.flatMap(({ level, look: as }) => [level.rank, p.lines[as]]);
  const colour = ["match", edgeRank, ...colours, p.lines.grid] as unknown as ExpressionSpecification;
  const interpolated: ExpressionSpecification = [
    "interpolate",
    ["exponential", 1.3],
    ["zoom"],
    11,
    width(0),
    14,
    width(1),
    17,
    width(2),
  ];
  return [
    {
      id: "edge-line",
      type: "line",
      ...from,
      layout: round,
      paint: {
        "line-color": colour,
        "line-width": interpolated,
        "line-opacity": ["case", [">=", edgeRank, 0], 0.95, 0],
        "line-opacity-transition": { duration: 0 },
      },
    },
    {
      id: "edge-chosen",
      type: "line",
      ...from,
      layout: round,
      paint: {
        "line-color": p.selected,
        "line-width": byZoom([2.4, 4, 5.5]),
        "line-opacity": ["case", ["boolean", state("on"), false], 1, 0],
        "line-opacity-transition": { duration: 0 },
      },
    },
  ];
}
