import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { byZoom } from "../../map/byzoom";
import type { BoardModel } from "../state/board";
import { marks } from "./ramp";
import type { Look } from "./look";

const font = ["Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"];
const boldFont = ["Noto Sans CJK SC Bold", ...font];

const sizes = {
  district: [15, 20, 26],
  street: [13, 17, 22],
  community: [11.5, 14, 18],
  grid: [11, 12.5, 16],
} as const;

export function labelLayers({ scales, palette: p, paint }: Look): LayerSpecification[] {
  const leaf = scales.at(-1)?.level.rank ?? 0;
  return [...scales].reverse().map(({ level, look, labelFrom, labelTo }): LayerSpecification => {
    const fine = look === "community" || look === "grid";
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
      minzoom: Math.max(0, Math.min(22, labelFrom)),
      maxzoom: Math.max(1, Math.min(24, labelTo)),
      layout: {
        "text-field": level.rank === leaf ? text : ["get", "name"],
        "text-font": fine ? font : boldFont,
        "text-size": byZoom(sizes[look]),
        "text-letter-spacing": fine ? 0.02 : 0.14,
        "text-line-height": 1.25,
        "text-padding": 4,
        "text-max-width": 9,
        "symbol-sort-key": level.rank,
      },
      paint: {
        "text-color": p.text[look],
        "text-halo-color": p.halo,
        "text-halo-width": fine ? 1.6 : 2,
        "text-halo-blur": 0.4,
      },
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
