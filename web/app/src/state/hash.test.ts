import { expect, test } from "vitest";
import { decodeHash, encodeHash, type HashState } from "./hash";

test.each<HashState>([
  {},
  { view: { zoom: 14.25, lat: 24.14, lon: 120.68 } },
  { view: { zoom: 14.25, lat: 24.14, lon: 120.68 }, level: 1, grid: 77 },
  { point: { lon: 120.6845, lat: 24.138, crs: "gcj02", accuracyM: 15 }, level: 0 },
  { point: { lon: -0.5, lat: -24.138, crs: "wgs84" } },
])("a link says what was on screen: %j", (state) => {
  expect(decodeHash(encodeHash(state))).toEqual(state);
});

test.each([
  "#map=a/b/c",
  "#map=14//",
  "#point=1,2",
  "#point=,,wgs84",
  "#point=1,2,epsg",
  "#point=1,99,wgs84",
  "#grid=-1",
  "#grid=abc&level=x",
  "#%%%",
])("nonsense in a link is left out: %s", (hash) => {
  expect(decodeHash(hash)).toEqual({});
});
