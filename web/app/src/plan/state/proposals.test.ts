import { describe, expect, it } from "vitest";
import type { Candidate } from "../api/proposals";
import { weights } from "./ask";
import { merits } from "./merits";

describe("the weights of a wish", () => {
  it("leave out what weighs nothing, and grow with the sliders", () => {
    expect(weights({ balance: 5, walk: 0, few: 0 })).toEqual({ balance: 1 });
    expect(weights({ balance: 0, walk: 10, few: 5 })).toEqual({ balance: 0, walk_per_km: 25, touched_grid: 100 });
  });
});

describe("what a candidate is best at", () => {
  const one = (index: number, figures: Partial<Candidate>): Candidate => ({ index, feasible: true, ...figures });
  const set = [
    one(0, { moved_households: 10, walk_m: 80, touched: 4, border_m: 900 }),
    one(1, { moved_households: 20, walk_m: 60, touched: 4, border_m: 950 }),
    one(2, { moved_households: 5, walk_m: 50, touched: 1, feasible: false }),
  ];
  it("is said of the only best one, and of those that meet the goal", () => {
    expect(set.map((c) => merits(c, set))).toEqual([["moved", "border"], ["walk"], []]);
  });
  it("is not said of a single candidate", () => {
    expect(merits(one(0, { moved_households: 1 }), [one(0, { moved_households: 1 })])).toEqual([]);
  });
});
