import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { nameStyle } from "../../map/names";
import type { BoardModel } from "../state/board";
import { marks } from "./ramp";
import type { Look } from "./look";

export function labelLayers({ scales, palette: p, paint }: Look): LayerSpecification[] {
  const leaf = scales.at(-1)?.level.rank ?? 0;
  return [...scales].reverse().map((scale): LayerSpecification => {
    const { level, labelFrom } = scale;
    const second = paint === "load" ? "load" : "code";
    const both: ExpressionSpecification = [
      "format",
      ["get", "name"],
      {},
      "\n",
      {},
      ["get", second],
      { "font-scale": paint === "load" ? 0.92 : 0.72 },
    ];
    const text: ExpressionSpecification = ["step", ["zoom"], ["get", "name"], labelFrom + 1.1, both];
    return {
      id: `label-${level.rank}`,
      type: "symbol",
      source: "labels",
      filter: ["==", ["get", "level"], level.rank],
      ...nameStyle(scale, p, level.rank === leaf ? text : ["get", "name"]),
    };
  });
}

export const percentOf = (ratio: number | null | undefined): string =>
  ratio == null ? "" : `${Math.round(ratio * 100)}%`;

/** One point per grid that stands, with what its label says. */
export function labelFeatures(board: BoardModel): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  for (const { id, label, retired } of board.grids.values()) {
    const grid = board.grid(id);
    if (!grid || !label || retired) continue;
    const mark = marks[grid.status ?? "none"];
    features.push({
      type: "Feature",
      geometry: { type: "Point", coordinates: [label[0], label[1]] },
      properties: {
        name: grid.name || grid.code,
        code: grid.code,
        level: grid.level,
        load: `${mark} ${percentOf(grid.ratio)}`.trim(),
      },
    });
  }
  return { type: "FeatureCollection", features };
}
