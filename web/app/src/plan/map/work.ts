import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { boldFont } from "../../map/names";
import type { Palette } from "../../map/palette";
import type { ArcAnswer, LonLat, PlanComment } from "../api/types";

const is = (role: string): ExpressionSpecification => ["==", ["get", "role"], role];

/** What the tool in hand draws: the border with its points, the line or loop being drawn; and pins of comments. */
export function workLayers(p: Palette): LayerSpecification[] {
  const round = { "line-join": "round", "line-cap": "round" } as const;
  return [
    { id: "work-area", type: "fill", source: "work", filter: is("area"), paint: { "fill-color": p.point, "fill-opacity": 0.14 } },
    {
      id: "work-line",
      type: "line",
      source: "work",
      filter: ["in", ["get", "role"], ["literal", ["line", "area"]]],
      layout: round,
      paint: { "line-color": p.point, "line-width": 2.4, "line-dasharray": [2, 1.6] },
    },
    {
      id: "work-arc-casing",
      type: "line",
      source: "work",
      filter: is("arc"),
      layout: round,
      paint: { "line-color": p.selectedCasing, "line-width": 7 },
    },
    {
      id: "work-arc",
      type: "line",
      source: "work",
      filter: is("arc"),
      layout: round,
      paint: { "line-color": p.selected, "line-width": 3.4 },
    },
    {
      id: "work-middle",
      type: "circle",
      source: "work",
      filter: is("middle"),
      minzoom: 15,
      paint: { "circle-radius": 3.4, "circle-color": p.selectedCasing, "circle-stroke-color": p.selected, "circle-stroke-width": 1.6 },
    },
    {
      id: "work-point",
      type: "circle",
      source: "work",
      filter: ["in", ["get", "role"], ["literal", ["vertex", "node", "corner"]]],
      paint: {
        "circle-radius": ["case", ["boolean", ["get", "held"], false], 9, is("node"), 7.5, 6],
        "circle-color": ["case", is("node"), "#d95f02", is("corner"), p.point, p.selected],
        "circle-stroke-color": p.selectedCasing,
        "circle-stroke-width": 2.4,
      },
    },
    {
      id: "work-problem",
      type: "circle",
      source: "work",
      filter: is("problem"),
      paint: { "circle-radius": 14, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": p.point, "circle-stroke-width": 3 },
    },
    {
      id: "work-snap",
      type: "circle",
      source: "work",
      filter: is("snap"),
      paint: { "circle-radius": 11, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": p.point, "circle-stroke-width": 2.6 },
    },
    {
      id: "work-snap-word",
      type: "symbol",
      source: "work",
      filter: is("snap"),
      layout: {
        "text-field": ["get", "word"],
        "text-font": boldFont,
        "text-size": 13,
        "text-anchor": "left",
        "text-offset": [1.2, 0],
        "text-allow-overlap": true,
      },
      paint: { "text-color": p.point, "text-halo-color": p.halo, "text-halo-width": 2 },
    },
    {
      id: "comment-pin",
      type: "circle",
      source: "comments",
      paint: {
        "circle-radius": 8,
        "circle-color": ["case", ["get", "open"], "#d95f02", p.atoms],
        "circle-stroke-color": p.selectedCasing,
        "circle-stroke-width": 2.4,
      },
    },
  ];
}

const feature = (geometry: GeoJSON.Geometry, properties: Record<string, unknown>): GeoJSON.Feature => ({
  type: "Feature",
  geometry,
  properties,
});

/** A border ready to be worked on: nodes at its ends, vertices between them, and a handle in the middle of each edge. */
export function arcFeatures(arc: ArcAnswer, held: number, moved: LonLat | null): GeoJSON.Feature[] {
  const points = arc.arc.map((at, i) => (i === held && moved ? moved : at));
  const last = points.length - 1;
  const middles = points.slice(1).map((b, i) => middle(points[i] ?? b, b));
  return [
    feature({ type: "LineString", coordinates: points }, { role: "arc" }),
    ...middles.map((at) => feature({ type: "Point", coordinates: at }, { role: "middle" })),
    ...points.map((at, i) =>
      feature({ type: "Point", coordinates: at }, { role: i === 0 || i === last ? "node" : "vertex", held: i === held }),
    ),
  ];
}

export const middle = (a: LonLat, b: LonLat): LonLat => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

export function sketchFeatures(sketch: readonly LonLat[], closed: boolean): GeoJSON.Feature[] {
  const [first] = sketch;
  if (!first) return [];
  if (closed && sketch.length > 2) {
    return [feature({ type: "Polygon", coordinates: [[...sketch, first]] }, { role: "area" })];
  }
  const corners = closed ? [] : sketch.map((at) => feature({ type: "Point", coordinates: at }, { role: "corner" }));
  if (sketch.length < 2) return corners;
  return [feature({ type: "LineString", coordinates: [...sketch] }, { role: "line" }), ...corners];
}

export const problemFeature = (at: LonLat): GeoJSON.Feature =>
  feature({ type: "Point", coordinates: at }, { role: "problem" });

export const snapFeature = (at: LonLat, word: string): GeoJSON.Feature =>
  feature({ type: "Point", coordinates: at }, { role: "snap", word });

export function commentFeatures(comments: readonly PlanComment[]): GeoJSON.FeatureCollection {
  const features = comments.flatMap(({ id, point, settled_by }) =>
    point ? [feature({ type: "Point", coordinates: point }, { id, open: !settled_by })] : [],
  );
  return { type: "FeatureCollection", features };
}
