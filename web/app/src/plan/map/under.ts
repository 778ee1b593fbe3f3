import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";
import { byZoom } from "../../map/byzoom";
import { font } from "../../map/names";
import type { Palette } from "../../map/palette";
import { light } from "../../map/palette";
import type { LayerInfo } from "../api/layers";
import type { Look } from "./look";

/** Six steps from pale to dark that colour-blind readers tell apart (ColorBrewer's YlOrBr); numbers stand beside them. */
const heatColours = ["#ffffd4", "#fee391", "#fec44f", "#fe9929", "#d95f0e", "#993404"] as const;

interface Inks {
  building: string;
  wall: string;
  road: string;
  casing: string;
  roadText: string;
  water: string;
  bank: string;
  plain: string;
  other: string;
}

const byDay: Inks = {
  building: "#6d5c4c",
  wall: "#43372b",
  road: "#fffdf4",
  casing: "#6f6a5c",
  roadText: "#3c382e",
  water: "#3f8fc4",
  bank: "#2a6f9e",
  plain: "#6a3d9a",
  other: "#a0106e",
};

const byNight: Inks = {
  building: "#d8c6b0",
  wall: "#f2e6d6",
  road: "#b9b29c",
  casing: "#0b0e12",
  roadText: "#f3ecd8",
  water: "#3d8fc9",
  bank: "#7fc1ee",
  plain: "#c9a6ee",
  other: "#ff86d6",
};

const inks = (p: Palette): Inks => (p === light ? byDay : byNight);

const sourceOf = ({ name, seq }: LayerInfo): string => `under-${name}-${seq}`;

export function underSources({ under }: Look): Record<string, SourceSpecification> {
  const from: Record<string, SourceSpecification> = {
    heat: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
  };
  for (const layer of under.layers) {
    from[sourceOf(layer)] = {
      type: "vector",
      tiles: [`${location.origin}${layer.tiles}`],
      minzoom: layer.minzoom,
      maxzoom: layer.maxzoom,
      attribution: layer.source,
    };
  }
  if (under.other) {
    from[`other-${under.other}`] = {
      type: "vector",
      tiles: [`${location.origin}/tiles/grids/{z}/{x}/{y}.mvt?network=${encodeURIComponent(under.other)}`],
      maxzoom: 16,
    };
  }
  return from;
}

const shape = (kind: string): ExpressionSpecification => ["==", ["geometry-type"], kind];

/** What lies over the fills and below every border: water first, then buildings, roads, and the heat. */
export function underLayers(look: Look): LayerSpecification[] {
  const of = (...kinds: string[]): LayerInfo[] => look.under.layers.filter(({ kind }) => kinds.includes(kind));
  return [
    ...of("water", "other").flatMap((layer) => plain(layer, look.palette)),
    ...of("building").flatMap((layer) => building(layer, look.palette)),
    ...of("road").flatMap((layer) => road(layer, look.palette)),
    ...(look.under.heat ? heatCells(look.palette) : []),
  ];
}

function plain(layer: LayerInfo, p: Palette): LayerSpecification[] {
  const ink = inks(p);
  const [fill, line] = layer.kind === "water" ? [ink.water, ink.bank] : [ink.plain, ink.plain];
  const from = { source: sourceOf(layer), "source-layer": layer.name };
  return [
    { id: `${from.source}-fill`, type: "fill", ...from, filter: shape("Polygon"), paint: { "fill-color": fill, "fill-opacity": 0.45 } },
    { id: `${from.source}-line`, type: "line", ...from, paint: { "line-color": line, "line-width": 1.2, "line-opacity": 0.8 } },
  ];
}

function building(layer: LayerInfo, p: Palette): LayerSpecification[] {
  const ink = inks(p);
  const from = { source: sourceOf(layer), "source-layer": layer.name };
  return [
    { id: `${from.source}-fill`, type: "fill", ...from, filter: shape("Polygon"), paint: { "fill-color": ink.building, "fill-opacity": 0.34 } },
    {
      id: `${from.source}-line`,
      type: "line",
      ...from,
      paint: { "line-color": ink.wall, "line-width": ["interpolate", ["linear"], ["zoom"], 14, 0.3, 17, 1.1], "line-opacity": 0.75 },
    },
  ];
}

function road(layer: LayerInfo, p: Palette): LayerSpecification[] {
  const ink = inks(p);
  const from = { source: sourceOf(layer), "source-layer": layer.name };
  const round = { "line-join": "round", "line-cap": "round" } as const;
  return [
    { id: `${from.source}-casing`, type: "line", ...from, layout: round, paint: { "line-color": ink.casing, "line-width": byZoom([1.2, 3.4, 8]) } },
    { id: `${from.source}-line`, type: "line", ...from, layout: round, paint: { "line-color": ink.road, "line-width": byZoom([0.6, 2, 5.4]) } },
  ];
}

function heatCells(p: Palette): LayerSpecification[] {
  const [c0, c1, c2, c3, c4, c5] = heatColours;
  return [
    {
      id: "heat-fill",
      type: "fill",
      source: "heat",
      filter: shape("Polygon"),
      paint: { "fill-color": ["match", ["get", "class"], 1, c1, 2, c2, 3, c3, 4, c4, 5, c5, c0], "fill-opacity": 0.8 },
    },
    { id: "heat-line", type: "line", source: "heat", filter: shape("Polygon"), paint: { "line-color": p.ground, "line-width": 1, "line-opacity": 0.7 } },
  ];
}

/** Names and numbers of what lies under, above all lines; and the other network. */
export function underLabels(look: Look): LayerSpecification[] {
  const ink = inks(look.palette);
  const roads = look.under.layers.filter(({ kind }) => kind === "road").map((layer): LayerSpecification => ({
    id: `${sourceOf(layer)}-name`,
    type: "symbol",
    source: sourceOf(layer),
    "source-layer": layer.name,
    minzoom: 15,
    layout: {
      "symbol-placement": "line",
      "text-field": ["get", "name"],
      "text-font": font,
      "text-size": byZoom([10, 11, 13]),
      "text-letter-spacing": 0.1,
      "symbol-spacing": 320,
    },
    paint: { "text-color": ink.roadText, "text-halo-color": look.palette.halo, "text-halo-width": 1.6 },
  }));
  const counts: LayerSpecification = {
    id: "heat-count",
    type: "symbol",
    source: "heat",
    filter: shape("Point"),
    layout: { "text-field": ["to-string", ["get", "count"]], "text-font": font, "text-size": 12 },
    paint: { "text-color": "#1c1206", "text-halo-color": "rgba(255,255,255,0.9)", "text-halo-width": 1.4 },
  };
  return [...roads, ...(look.under.heat ? [counts] : []), ...otherNetwork(look)];
}

function otherNetwork({ under, palette }: Look): LayerSpecification[] {
  if (!under.other) return [];
  const ink = inks(palette);
  const source = `other-${under.other}`;
  return [
    {
      id: "other-line",
      type: "line",
      source,
      "source-layer": "borders",
      filter: ["<=", ["get", "level"], under.otherLeaf],
      layout: { "line-join": "round" },
      paint: {
        "line-color": ink.other,
        "line-width": ["case", ["==", ["get", "level"], under.otherLeaf], 2, ["==", ["get", "level"], 0], 3.4, 2.6],
        "line-dasharray": [3, 1.6],
      },
    },
    {
      id: "other-name",
      type: "symbol",
      source,
      "source-layer": "labels",
      filter: ["==", ["get", "level"], under.otherLeaf],
      minzoom: 13,
      layout: { "text-field": ["get", "name"], "text-font": font, "text-size": byZoom([10, 11.5, 14]), "text-offset": [0, 1.6] },
      paint: { "text-color": ink.other, "text-halo-color": palette.halo, "text-halo-width": 1.8 },
    },
  ];
}
