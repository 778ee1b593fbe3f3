import type { ExpressionSpecification } from "maplibre-gl";

/** A size in CSS pixels given at zoom 11, 14 and 17. */
export const byZoom = ([a, b, c]: readonly [number, number, number]): ExpressionSpecification => [
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
