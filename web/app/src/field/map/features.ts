import { circleRing } from "../../coord/circle";
import type { LonLat, PlanComment } from "../../plan/api/types";
import type { Here } from "../state/api";
import type { Place } from "../state/walk";

type Feature = GeoJSON.Feature;

const feature = (kind: string, geometry: GeoJSON.Geometry): Feature => ({ type: "Feature", properties: { kind }, geometry });
const point = (at: LonLat): GeoJSON.Point => ({ type: "Point", coordinates: at });

/** One's own place with its circle, the place that was tapped, and the way to the proposed border. */
export function walkFeatures(own: Place | null, place: Place | null, here: Here | null): GeoJSON.FeatureCollection {
  const features: Feature[] = [];
  if (own) {
    features.push(feature("accuracy", { type: "Polygon", coordinates: [circleRing(own.at[0], own.at[1], own.accuracyM)] }));
  }
  const border = here?.proposed.border_at;
  if (place && border) features.push(feature("way", { type: "LineString", coordinates: [place.at, border] }));
  if (own) features.push(feature("own", point(own.at)));
  if (place?.by === "tap") features.push(feature("tapped", point(place.at)));
  return { type: "FeatureCollection", features };
}

export function commentFeatures(comments: readonly PlanComment[]): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: comments.flatMap((c) =>
      c.point
        ? [{ type: "Feature" as const, properties: { id: c.id, settled: Boolean(c.settled_by) }, geometry: point(c.point) }]
        : [],
    ),
  };
}
