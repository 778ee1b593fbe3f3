import { expect, test } from "vitest";
import type { PlanComment } from "../../plan/api/types";
import { byDistance, compass, distanceM } from "./near";

test("directions are those of the compass", () => {
  const from: [number, number] = [121, 31];
  const way = { n: [0, 1], ne: [1.1, 1], e: [1, 0], se: [1.1, -1], s: [0, -1], sw: [-1.1, -1], w: [-1, 0], nw: [-1.1, 1] } as const;
  for (const [name, [x, y]] of Object.entries(way)) expect(compass(from, [121 + x / 1000, 31 + y / 1000])).toBe(name);
});

test("a thousandth of a degree north is about 111 metres", () => {
  expect(distanceM([121, 31], [121, 31.001])).toBeCloseTo(111.2, 0);
});

test("the nearest open remark comes first, settled and placeless ones last", () => {
  const remark = (id: number, point: [number, number] | null, settled_by = ""): PlanComment => ({ id, at: "", actor: "", text: "", point, settled_by });
  const list = byDistance([remark(1, null), remark(2, [121, 31.01]), remark(3, [121, 31.001]), remark(4, [121, 31], "甲")], [121, 31]);
  expect(list.map((x) => x.comment.id)).toEqual([3, 2, 1, 4]);
});
