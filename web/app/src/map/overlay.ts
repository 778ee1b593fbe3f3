import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { byZoom } from "./byzoom";
import type { Palette } from "./palette";

const onlyNear: ExpressionSpecification = ["==", ["get", "nearest"], true];
const isAnswer: ExpressionSpecification = ["!=", ["get", "nearest"], true];

/** The outline of the grid that the panel speaks about; dashed and unfilled where it is only the nearest one. */
export function selection(p: Palette): LayerSpecification[] {
  const line = { "line-join": "round", "line-cap": "round" } as const;
  return [
    {
      id: "outline-fill",
      type: "fill",
      source: "outline",
      filter: isAnswer,
      paint: { "fill-color": p.selected, "fill-opacity": 0.12 },
    },
    {
      id: "outline-casing",
      type: "line",
      source: "outline",
      layout: line,
      paint: { "line-color": p.selectedCasing, "line-width": byZoom([5, 8, 10]), "line-opacity": 0.95 },
    },
    {
      id: "outline-line",
      type: "line",
      source: "outline",
      filter: isAnswer,
      layout: line,
      paint: { "line-color": p.selected, "line-width": byZoom([2.4, 4, 5.5]) },
    },
    {
      id: "outline-near",
      type: "line",
      source: "outline",
      filter: onlyNear,
      layout: { "line-join": "round" },
      paint: { "line-color": p.selected, "line-width": byZoom([1.6, 2.4, 3.2]), "line-dasharray": [2.2, 1.6] },
    },
  ];
}

/** The point asked, its accuracy circle and the way to the nearest border. */
export function asked(p: Palette): LayerSpecification[] {
  const is = (role: string): ExpressionSpecification => ["==", ["get", "role"], role];
  return [
    {
      id: "asked-accuracy",
      type: "fill",
      source: "asked",
      filter: is("accuracy"),
      paint: { "fill-color": p.accuracy, "fill-opacity": 0.18 },
    },
    {
      id: "asked-accuracy-line",
      type: "line",
      source: "asked",
      filter: is("accuracy"),
      paint: { "line-color": p.point, "line-width": 1.6 },
    },
    {
      id: "asked-border",
      type: "line",
      source: "asked",
      filter: is("border"),
      paint: { "line-color": p.point, "line-width": 1.8, "line-dasharray": [2, 1.6] },
    },
    {
      id: "asked-point",
      type: "circle",
      source: "asked",
      filter: is("point"),
      paint: {
        "circle-radius": 7,
        "circle-color": p.point,
        "circle-stroke-color": p.pointRing,
        "circle-stroke-width": 3,
      },
    },
  ];
}
