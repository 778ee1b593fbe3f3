import type { BBox } from "../../api/types";

/** The box around everything in a collection; null where nothing is. */
export function boxOf(data: GeoJSON.FeatureCollection | null): BBox | null {
  const box: BBox = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (at: unknown): void => {
    if (!Array.isArray(at)) return;
    const [x, y] = at as unknown[];
    if (typeof x !== "number" || typeof y !== "number") {
      at.forEach(take);
      return;
    }
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  };
  for (const { geometry } of data?.features ?? []) if ("coordinates" in geometry) take(geometry.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}
