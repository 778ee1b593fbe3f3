import type { FilterSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { font } from "../../map/names";
import { light, night } from "../../map/palette";

export const nothing: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

/** Colours of severities, apart in brightness as well; the list says them in words and signs. */
const severity = {
  light: { error: "#b3182b", warning: "#c56a00", note: "#5b6570", ring: "#ffffff" },
  night: { error: "#ff7d8a", warning: "#ffc46b", note: "#aeb9c4", ring: "#0e1217" },
};

/** What is there now as lines, what comes in as filled shapes over it, findings as dots on top. */
export function wizardStyle(dark: boolean, hasMap: boolean): StyleSpecification {
  const p = dark ? night : light;
  return {
    version: 8,
    sources: {
      ...(hasMap ? { grids: { type: "vector", url: "/tiles/grids.json" } as const } : {}),
      incoming: { type: "geojson", data: nothing },
      findings: { type: "geojson", data: nothing },
      picked: { type: "geojson", data: nothing },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": p.ground } },
      ...incoming(p.selected),
      ...(hasMap ? existing(p.lines.community) : []),
      {
        id: "incoming-name",
        type: "symbol",
        source: "incoming",
        minzoom: 13.5,
        layout: {
          "text-field": ["coalesce", ["get", "name"], ["get", "code"], ""],
          "text-font": font,
          "text-size": 12,
          "text-padding": 6,
        },
        paint: { "text-color": p.text.grid, "text-halo-color": p.halo, "text-halo-width": 1.6 },
      },
      ...findings(dark ? severity.night : severity.light),
    ],
  };
}

function incoming(colour: string): LayerSpecification[] {
  const areal: FilterSpecification = ["!=", ["geometry-type"], "Point"];
  return [
    { id: "incoming-fill", type: "fill", source: "incoming", filter: areal, paint: { "fill-color": colour, "fill-opacity": 0.16 } },
    { id: "incoming-line", type: "line", source: "incoming", paint: { "line-color": colour, "line-width": 1.6 } },
    {
      id: "incoming-point",
      type: "circle",
      source: "incoming",
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-color": colour, "circle-radius": 3.5, "circle-opacity": 0.8 },
    },
  ];
}

function existing(colour: string): LayerSpecification[] {
  return [
    {
      id: "existing",
      type: "line",
      source: "grids",
      "source-layer": "borders",
      paint: { "line-color": colour, "line-width": 1.2, "line-dasharray": [3, 2], "line-opacity": 0.85 },
    },
  ];
}

function findings(c: (typeof severity)["light"]): LayerSpecification[] {
  return [
    {
      id: "picked",
      type: "circle",
      source: "picked",
      paint: { "circle-radius": 15, "circle-color": "rgba(0,0,0,0)", "circle-stroke-width": 3.5, "circle-stroke-color": c.error },
    },
    {
      id: "findings",
      type: "circle",
      source: "findings",
      layout: { "circle-sort-key": ["match", ["get", "severity"], "error", 2, "warning", 1, 0] },
      paint: {
        "circle-radius": ["match", ["get", "severity"], "error", 7.5, "warning", 6, 4.5],
        "circle-color": ["match", ["get", "severity"], "error", c.error, "warning", c.warning, c.note],
        "circle-stroke-color": c.ring,
        "circle-stroke-width": 2,
      },
    },
  ];
}
