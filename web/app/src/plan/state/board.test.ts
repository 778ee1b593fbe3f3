import { describe, expect, it } from "vitest";
import type { BoardAnswer, PlanGrid } from "../api/types";
import { BoardModel } from "./board";

const grid = (id: number, load: number, more: Partial<PlanGrid> = {}): PlanGrid => ({
  id,
  code: `G-${id}`,
  name: `网格${id}`,
  type: "general",
  level: 1,
  parent: 9,
  leaf: true,
  atoms: 2,
  households: load,
  load,
  min: 50,
  target: 100,
  max: 150,
  ratio: load / 100,
  status: "ok",
  ...more,
});

const answer = (): BoardAnswer => ({
  plan: { id: 1, rev: 3 } as BoardAnswer["plan"],
  rev: 3,
  bounds: [0, 0, 1, 1],
  grids: [grid(1, 100), grid(2, 100), { ...grid(9, 200), leaf: false, level: 0, parent: 0, target: 0, ratio: 0 }],
  atoms: { id: [11, 12, 21, 22], owner: [1, 1, 2, 2], base: [1, 1, 2, 2], households: [40, 60, 10, 90], load: [40, 60, 10, 90], lon: [0, 1, 2, 3], lat: [0, 0, 0, 0], kind: [], pinned: [22] },
});

describe("what is pending shows at once", () => {
  it("moves the atom and counts both grids", () => {
    const board = new BoardModel(answer());
    expect(board.overlay([{ kind: "reassign_atoms", atoms: [12], to: 2 }])).toEqual([1]);
    expect(board.ownerOf(12)).toBe(2);
    expect(board.grid(1)).toMatchObject({ load: 40, atoms: 1, households: 40, ratio: 0.4, status: "under" });
    expect(board.grid(2)).toMatchObject({ load: 160, atoms: 3, status: "over" });
  });

  it("comes back when the operation is given up", () => {
    const board = new BoardModel(answer());
    board.overlay([{ kind: "reassign_atoms", atoms: [11, 12], to: 2 }]);
    expect(board.overlay([]).sort()).toEqual([0, 1]);
    expect(board.ownerOf(11)).toBe(1);
    expect(board.grid(1)).toMatchObject({ load: 100, status: "ok" });
  });

  it("lets the last of several operations win", () => {
    const board = new BoardModel(answer());
    board.overlay([
      { kind: "reassign_atoms", atoms: [11], to: 2 },
      { kind: "reassign_atoms", atoms: [11], to: 1 },
    ]);
    expect(board.ownerOf(11)).toBe(1);
    expect(board.grid(2)?.load).toBe(100);
  });

  it("merges whole grids, with what an earlier pending operation gave them", () => {
    const board = new BoardModel(answer());
    board.overlay([
      { kind: "reassign_atoms", atoms: [11], to: 2 },
      { kind: "merge", into: 1, grids: [2] },
    ]);
    expect(board.atomsOf(1)).toHaveLength(4);
  });
});

describe("what the server says", () => {
  it("replaces owners, grids and revision, and keeps what is pending over it", () => {
    const board = new BoardModel(answer());
    board.overlay([{ kind: "reassign_atoms", atoms: [12], to: 2 }]);
    const changed = board.apply({ rev: 4, grids: [grid(1, 10), grid(2, 190)], atoms: { id: [11, 12], owner: [2, 1] } });
    expect(changed).toEqual([0, 1]);
    expect(board.rev).toBe(4);
    expect(board.ownerOf(11)).toBe(2);
    expect(board.ownerOf(12)).toBe(2); // still pending
    board.overlay([]);
    expect(board.ownerOf(12)).toBe(1);
  });

  it("adds new atoms and grids, takes retired ones away, and knows pins", () => {
    const board = new BoardModel(answer());
    board.apply({
      rev: 4,
      grids: [grid(-16384, 10, { new: true })],
      removed_grids: [2],
      new_atoms: { id: [-16385], owner: [-16384], lon: [5], lat: [5] },
      atoms: { id: [11, 22], owner: [1, 1], pinned: [true, false] },
    });
    expect(board.ownerOf(-16385)).toBe(-16384);
    expect(board.grids.has(2)).toBe(false);
    expect([...board.pinned]).toEqual([11]);
  });

  it("reads 0 as none: no parent, no target, no ratio", () => {
    const top = new BoardModel(answer()).grids.get(9);
    expect(top).toMatchObject({ parent: null, target: null, ratio: null });
  });
});
