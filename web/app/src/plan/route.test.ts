import { describe, expect, it } from "vitest";
import { atRevision } from "./map/tileplan";
import { planHash, revOf, routeOf } from "./route";

describe("addresses", () => {
  it("a plan's address with a revision is read back", () => {
    expect(routeOf(planHash(7, 0))).toBe(7);
    expect(revOf(planHash(7, 0))).toBe(0);
    expect(revOf("#/plan/7?x=1&rev=12&y=2")).toBe(12);
  });
  it("without one, or with nonsense, it is the draft as it is", () => {
    for (const hash of [planHash(7), "#/plan/7?rev=", "#/plan/7?rev=-1", "#/plan/7?rev=1x", "#/plans?rev=3", "#rev=3"]) {
      expect(revOf(hash)).toBeNull();
    }
  });
  it("tiles of then and of now have different addresses, whichever they had before", () => {
    const bare = "http://x/{z}.mvt";
    expect(atRevision(`${bare}?rev=3`, 4)).toBe(`${bare}?rev=4`);
    expect(atRevision(`${bare}?rev=3`, 4, true)).toBe(`${bare}?at_rev=4`);
    expect(atRevision(`${bare}?at_rev=3`, 5)).toBe(`${bare}?rev=5`);
  });
});
