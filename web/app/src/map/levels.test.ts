import { expect, test } from "vitest";
import type { BBox, Network } from "../api/types";
import { boxToShow, hasGround } from "../coord/box";
import { levelScales, rankForZoom } from "./levels";

const bounds: BBox = [120.6429911, 24.1043293, 120.712794, 24.1740168];
const network = (names: [string, string][], grids: number[]): Network => ({
  id: 1,
  code: "main",
  name: "",
  main: true,
  grids,
  levels: names.map(([code, name], rank) => ({ rank, code, name })),
});

test("the zoom chooses a level whose grids can be read", () => {
  const scales = levelScales(
    network(
      [
        ["town", "区"],
        ["village", "里"],
      ],
      [5, 108],
    ),
    bounds,
  );
  expect([8, 11, 12, 13, 17].map((zoom) => rankForZoom(scales, zoom))).toEqual([0, 0, 0, 1, 1]);
  for (const s of scales)
    expect(s.lineZoom < s.labelFrom && s.labelFrom < s.fillZoom && s.fillZoom < s.labelTo).toBe(true);
});

test("levels look like what they are called, else like their place", () => {
  const looks = (names: [string, string][]): string[] =>
    levelScales(
      network(
        names,
        names.map((_, i) => 5 ** i),
      ),
      bounds,
    ).map((s) => s.look);
  expect(
    looks([
      ["town", "区"],
      ["village", "里"],
    ]),
  ).toEqual(["district", "community"]);
  expect(
    looks([
      ["l0", "街道"],
      ["l1", "社区"],
      ["l2", "网格"],
    ]),
  ).toEqual(["street", "community", "grid"]);
  expect(
    looks([
      ["a", "甲"],
      ["b", "乙"],
      ["c", "丙"],
      ["d", "丁"],
    ]),
  ).toEqual(["district", "street", "community", "grid"]);
});

test("a network without levels or grids does no harm", () => {
  expect(rankForZoom([], 12)).toBe(0);
  expect(levelScales(network([["a", "甲"]], []), [0, 0, 0, 0])).toHaveLength(1);
});

test("a map without grids shows the country, and its levels still have zooms", () => {
  for (const none of [[], [0, 0, 0, 0], [1, 2, 3], [Number.NaN, 0, 1, 1]]) {
    expect(hasGround(none)).toBe(false);
    const [w, s, e, n] = boxToShow(none);
    expect(w < e && s < n).toBe(true);
    const scales = levelScales(network([["town", "区"]], [0]), none);
    expect(scales.every((x) => Number.isFinite(x.fillZoom) && Number.isFinite(x.lineZoom))).toBe(true);
  }
  expect(boxToShow(bounds)).toBe(bounds);
});
