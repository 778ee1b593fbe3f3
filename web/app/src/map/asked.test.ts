import { expect, test } from "vitest";
import { askedFeatures, outlineFeatures } from "./asked";

const roles = (c: GeoJSON.FeatureCollection): unknown[] => c.features.map((f) => f.properties?.role as unknown);

test("a point alone is a point; accuracy and border are drawn when they are known", () => {
  const at = { lon: 120.68, lat: 24.14 };
  const border = { distance_m: 13, point: { lon: 120.6799, lat: 24.1401 }, across: null };
  expect(roles(askedFeatures(at, 0, null))).toEqual(["point"]);
  expect(roles(askedFeatures(at, 15, border))).toEqual(["accuracy", "border", "point"]);
});

test("a grid that is only near is never outlined like an answer", () => {
  const shape: GeoJSON.FeatureCollection = {
    type: "FeatureCollection",
    features: [{ type: "Feature", properties: { nearest: false }, geometry: { type: "Point", coordinates: [0, 0] } }],
  };
  expect(outlineFeatures(shape, true).features[0]?.properties).toEqual({ nearest: true });
  expect(outlineFeatures(shape, false).features[0]?.properties).toEqual({ nearest: false });
});
