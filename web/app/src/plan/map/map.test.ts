import { describe, expect, it } from "vitest";
import { resolutionAt } from "./heat";
import { rampStep } from "./ramp";
import { fromTile, toTile } from "./tileids";
import { atRevision } from "./tileplan";

describe("the ramp", () => {
  it.each([
    [0, 0],
    [0.599, 0],
    [0.6, 1],
    [0.95, 3],
    [1, 3],
    [1.05, 4],
    [1.4, 6],
    [9, 6],
    [null, -1],
    [Number.NaN, -1],
  ])("puts %s on step %i", (ratio, step) => expect(rampStep(ratio)).toBe(step));
});

describe("tiles of a draft", () => {
  it("tiles name their revision once", () => {
    expect(atRevision("/t/{z}.mvt", 3)).toBe("/t/{z}.mvt?rev=3");
    expect(atRevision("/t/{z}.mvt?rev=3", 4)).toBe("/t/{z}.mvt?rev=4");
    expect(atRevision("/t/{z}.mvt?rev=3&network=a", 4)).toBe("/t/{z}.mvt?network=a&rev=4");
  });

  it("ids of a draft come back from tiles", () => {
    for (const id of [0, 1, 2 ** 40, -1, -4096 * 77]) expect(fromTile(toTile(id))).toBe(id);
  });
});

describe("the resolution of heat", () => {
  it("grows with the zoom, within what the server has", () => {
    const seen = [9, 11, 12.5, 14, 15.4, 17, 20].map((zoom) => resolutionAt(zoom, 11));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen[0]).toBe(6);
    expect(seen.at(-1)).toBe(11);
    expect(resolutionAt(20, 9)).toBe(9);
  });
});
