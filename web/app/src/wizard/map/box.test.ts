import { expect, test } from "vitest";
import { boxOf } from "./box";

const feature = (geometry: GeoJSON.Geometry): GeoJSON.FeatureCollection => ({
  type: "FeatureCollection",
  features: [{ type: "Feature", properties: {}, geometry }],
});

test("a box holds points, and every ring of many polygons", () => {
  expect(boxOf(feature({ type: "Point", coordinates: [120, 30] }))).toEqual([120, 30, 120, 30]);
  expect(
    boxOf(
      feature({
        type: "MultiPolygon",
        coordinates: [[[[1, 2], [3, 4], [1, 2]]], [[[-5, 9], [0, 0], [-5, 9]]]],
      }),
    ),
  ).toEqual([-5, 0, 3, 9]);
});

test("nothing has no box", () => {
  expect(boxOf(null)).toBeNull();
  expect(boxOf({ type: "FeatureCollection", features: [] })).toBeNull();
});
