import { describe, expect, it } from "vitest";
import { along, PointIndex } from "./pick";

// A small generator: the same numbers on every run.
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

const random = numbers(7);
const lon = Array.from({ length: 800 }, () => 120.6 + random() * 0.1);
const lat = Array.from({ length: 800 }, () => 24.1 + random() * 0.1);
const index = new PointIndex(lon, lat);
const cos = Math.cos((24.15 * Math.PI) / 180);

describe("the index over atoms", () => {
  it("finds exactly the points within the brush", () => {
    for (let k = 0; k < 40; k++) {
      const [x, y, r] = [120.59 + random() * 0.12, 24.09 + random() * 0.12, random() * 0.02];
      const slow = lon.flatMap((_, i) => (Math.hypot(((lon[i] ?? 0) - x) * cos, (lat[i] ?? 0) - y) <= r * 0.999 ? [i] : []));
      const found = new Set(index.within([x, y], r));
      expect(slow.every((i) => found.has(i))).toBe(true);
      expect(found.size).toBeLessThanOrEqual(
        lon.filter((_, i) => Math.hypot(((lon[i] ?? 0) - x) * cos, (lat[i] ?? 0) - y) <= r * 1.001).length,
      );
    }
  });

  it("finds the points of a lasso and of a box, whichever way round they are drawn", () => {
    const box: [number, number][] = [
      [120.62, 24.12],
      [120.66, 24.12],
      [120.66, 24.15],
      [120.62, 24.15],
    ];
    const slow = lon.flatMap((x, i) => (x > 120.62 && x < 120.66 && (lat[i] ?? 0) > 24.12 && (lat[i] ?? 0) < 24.15 ? [i] : []));
    expect(index.inside(box).sort((a, b) => a - b)).toEqual(slow);
    expect(index.inside([...box].reverse()).sort((a, b) => a - b)).toEqual(slow);
    expect(index.inside(box.slice(0, 2))).toEqual([]);
  });

  it("finds the points of a slanting lasso, and none of what it leaves out", () => {
    const a: [number, number] = [120.61, 24.11];
    const b: [number, number] = [120.69, 24.14];
    const c: [number, number] = [120.63, 24.19];
    const left = (p: [number, number], q: [number, number], x: number, y: number): boolean =>
      (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) > 0;
    const slow = lon.flatMap((x, i) => {
      const y = lat[i] ?? 0;
      return left(a, b, x, y) && left(b, c, x, y) && left(c, a, x, y) ? [i] : [];
    });
    expect(slow.length).toBeGreaterThan(20);
    expect(index.inside([a, b, c]).sort((p, q) => p - q)).toEqual(slow);
  });

  it("knows the nearest, and that nothing is near", () => {
    expect(index.nearest([lon[5] ?? 0, lat[5] ?? 0], 0.001)).toBe(5);
    expect(index.nearest([0, 0], 0.001)).toBe(-1);
  });

  it("bears atoms without a point, and a board without atoms", () => {
    expect(new PointIndex([Number.NaN, 1], [Number.NaN, 1]).nearest([1, 1], 0.1)).toBe(1);
    expect(new PointIndex([], []).within([0, 0], 1)).toEqual([]);
  });
});

it("a fast stroke leaves no holes", () => {
  const way = along([0, 0], [1, 0], 0.3);
  expect(way).toHaveLength(4);
  expect(way.at(-1)).toEqual([1, 0]);
  expect(along([2, 2], [2, 2], 0.1)).toEqual([[2, 2]]);
});
