import type { ExpressionSpecification, SymbolLayerSpecification } from "maplibre-gl";
import { byZoom } from "./byzoom";
import type { LevelClass, LevelScale } from "./levels";
import type { Palette } from "./palette";

// No glyph server: every label names fonts of the system, and MapLibre draws the letters itself.
export const font = ["Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"];
export const boldFont = ["Noto Sans CJK SC Bold", ...font];

/** Sizes in CSS pixels at zoom 11, 14 and 17. */
const sizes: Record<LevelClass, readonly [number, number, number]> = {
  district: [15, 20, 26],
  street: [13, 17, 22],
  community: [11.5, 14, 18],
  grid: [11, 12.5, 16],
};

/** Fine levels are written small, and have room for a second line. */
export const isFine = (look: LevelClass): boolean => look === "community" || look === "grid";

/** The part of a layer that says how the names of a level's grids look, and at which zooms they are shown. */
export function nameStyle(
  { level, look, labelFrom, labelTo }: LevelScale,
  p: Palette,
  text: ExpressionSpecification,
): Pick<SymbolLayerSpecification, "minzoom" | "maxzoom" | "layout" | "paint"> {
  const fine = isFine(look);
  return {
    minzoom: Math.max(0, Math.min(22, labelFrom)),
    maxzoom: Math.max(1, Math.min(24, labelTo)),
    layout: {
      "text-field": text,
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
}
