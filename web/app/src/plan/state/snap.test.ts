import { describe, expect, it } from "vitest";
import type { LonLat } from "../api/types";
import { Snaps } from "./snap";

const house: LonLat[] = [
  [121.49, 31.23],
  [121.4904, 31.23],
  [121.4904, 31.2303],
  [121.49, 31.23],
];
const reach = 0.00005;

function ground(): Snaps {
  const snaps = new Snaps();
  snaps.addBuilding(house);
  snaps.addRoad([
    [121.489, 31.22999],
    [121.4902, 31.22999],
    [121.492, 31.22999],
  ]);
  return snaps;
}

describe("snapping", () => {
  it("prefers a vertex to a building, and a building to a road, however near", () => {
    const snaps = ground();
    const at: LonLat = [121.49001, 31.22999];
    expect(snaps.find(at, reach)).toEqual({ at: [121.49, 31.23], kind: "building" });
    snaps.addVertex([121.49004, 31.22998]);
    expect(snaps.find(at, reach)).toEqual({ at: [121.49004, 31.22998], kind: "vertex" });
    expect(snaps.find([121.491, 31.23001], reach)).toEqual({ at: [121.491, 31.22999], kind: "road" });
  });

  it("takes a corner before a wall, and a wall where no corner is near", () => {
    const snaps = ground();
    expect(snaps.find([121.49039, 31.2302], reach)).toEqual({ at: [121.4904, 31.2302], kind: "building" });
    expect(snaps.find([121.49039, 31.23027], reach)).toEqual({ at: [121.4904, 31.2303], kind: "building" });
  });

  it("never takes the border's own points, and nothing out of reach", () => {
    const snaps = ground();
    snaps.addVertex([121.4905, 31.2305]);
    expect(snaps.find([121.4905, 31.2305], reach, [[121.4905, 31.2305]])).toBeNull();
    expect(snaps.find([121.5, 31.24], reach)).toBeNull();
  });

  it("answers on the lattice of the server", () => {
    const snaps = new Snaps();
    snaps.addRoad([
      [121.4900001, 31.2300007],
      [121.4930004, 31.2311112],
    ]);
    for (let k = 0; k < 50; k++) {
      const found = snaps.find([121.4901 + k * 5e-5, 31.2300507 + k * 1.851e-5], 0.001);
      for (const v of found?.at ?? [Number.NaN]) expect(Number(v.toFixed(7))).toBe(v);
    }
  });

  it("agrees with looking at everything", () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const place = (): LonLat => [121.49 + random() * 0.01, 31.23 + random() * 0.01];
    const all = Array.from({ length: 300 }, place);
    const snaps = new Snaps();
    all.forEach((at) => snaps.addVertex(at));
    const cos = Math.cos((31.235 * Math.PI) / 180);
    for (let k = 0; k < 300; k++) {
      const at = place();
      const far = all.map((q) => Math.hypot((q[0] - at[0]) * cos, q[1] - at[1]));
      const least = Math.min(...far);
      if (Math.abs(least - 0.0005) < 1e-7) continue;
      expect(snaps.find(at, 0.0005)?.at ?? null).toEqual(least < 0.0005 ? all[far.indexOf(least)] : null);
    }
  });
});
