import { describe, expect, it } from "vitest";
import { routeOf } from "../route";
import type { Candidate } from "../api/proposals";
import type { Plan, PlanGrid } from "../api/types";
import { separation } from "./edges";
import { sorted, summary } from "./lists";
import { scatter } from "./scatter";
import { actionsOf, nextAction } from "./workflow";

const grid = (id: number, parent: number | null, level: number, more: Partial<PlanGrid> = {}): PlanGrid => ({
  id,
  parent,
  level,
  code: `G-${id}`,
  name: `网格${id}`,
  type: "general",
  leaf: level === 1,
  atoms: 0,
  households: 0,
  load: 0,
  ...more,
});

describe("levels of a border", () => {
  const grids = new Map([grid(1, null, 0), grid(2, null, 0), grid(11, 1, 1), grid(12, 1, 1), grid(21, 2, 1)].map((g) => [g.id, g]));
  it.each([
    [11, 11, -1],
    [11, 12, 1],
    [11, 21, 0],
    [11, 0, 0],
    [0, 0, -1],
  ])("between %i and %i is %i", (a, b, rank) => expect(separation(grids, a, b)).toBe(rank));
});

describe("lists", () => {
  const grids = [grid(2, 1, 1, { ratio: 1.4, status: "over" }), grid(10, 1, 1, { ratio: 0.6, status: "under" }), grid(1, 1, 1, { changed: true })];
  it("sum up", () => {
    expect(summary(grids)).toMatchObject({ over: 1, under: 1 });
    expect(summary(grids).spread).toBeCloseTo(0.4);
    expect(summary([]).spread).toBeNull();
  });
  it("sort codes as people count, and by load", () => {
    expect(sorted(grids, "code", "").map((g) => g.id)).toEqual([1, 2, 10]);
    expect(sorted(grids, "over", "").map((g) => g.id)).toEqual([2, 10, 1]);
    expect(sorted(grids, "under", "").map((g) => g.id)).toEqual([10, 2, 1]);
    expect(sorted(grids, "changed", "")[0]?.id).toBe(1);
    expect(sorted(grids, "code", "g-10").map((g) => g.id)).toEqual([10]);
  });
});

describe("addresses", () => {
  it.each([
    ["", null],
    ["#map=1/2/3", null],
    ["#/plans", "list"],
    ["#/plan", "list"],
    ["#/plan/12", 12],
    ["#/plan/x", null],
    ["#/planet", null],
  ])("%s leads to %s", (hash, route) => expect(routeOf(hash)).toBe(route));
});

describe("the way of a plan", () => {
  const plan = (state: Plan["state"], can: Plan["can"] = {}): Plan => ({ state, can }) as Plan;
  it("offers the steps of its state that are allowed", () => {
    expect(nextAction(plan("draft"))).toBe("submit");
    expect(actionsOf(plan("submitted", { approve: false }))).toEqual(["return"]);
    expect(nextAction(plan("approved"))).toBe("publish");
    expect(nextAction(plan("published"))).toBeNull();
  });
});

it("candidates stay inside the field, alike ones in its middle", () => {
  const candidate = (index: number, moved: number): Candidate => ({ index, feasible: true, moved_households: moved, worst_deviation: 0.2, border_m: 10 });
  const dots = scatter([candidate(0, 10), candidate(1, 90)], 272, 150);
  for (const { x, y, r } of dots) {
    expect(x - r).toBeGreaterThan(0);
    expect(x + r).toBeLessThan(272);
    expect(y).toBe((34 + 150 - 38) / 2);
  }
  expect((dots[0]?.x ?? 0) < (dots[1]?.x ?? 0)).toBe(true);
});
