import type { Answer } from "../api/types";
import { circleRing } from "../coord/circle";

type Feature = GeoJSON.Feature<GeoJSON.Geometry, { role: "point" | "accuracy" | "border" }>;

/** What the map draws for a question: the point at once, the circle and the nearest border with the answer. */
export function askedFeatures(
  point: { lon: number; lat: number },
  accuracyM: number,
  border: Answer["nearest_border"],
): GeoJSON.FeatureCollection {
  const here = [point.lon, point.lat];
  const features: Feature[] = [];
  if (accuracyM > 0) {
    const ring = circleRing(point.lon, point.lat, accuracyM);
    features.push(feature("accuracy", { type: "Polygon", coordinates: [ring] }));
  }
  if (border?.point) {
    features.push(feature("border", { type: "LineString", coordinates: [here, [border.point.lon, border.point.lat]] }));
  }
  features.push(feature("point", { type: "Point", coordinates: here }));
  return { type: "FeatureCollection", features };
}

const feature = (role: Feature["properties"]["role"], geometry: GeoJSON.Geometry): Feature => ({
  type: "Feature",
  properties: { role },
  geometry,
});

/** The outline as the map draws it: marked where the grid is only the nearest one, so that it never looks responsible. */
export function outlineFeatures(shape: GeoJSON.FeatureCollection, onlyNearest: boolean): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: shape.features.map((f) => ({
      type: "Feature",
      properties: { nearest: onlyNearest },
      geometry: f.geometry,
    })),
  };
}
