import { describe, expect, it } from "vitest";
import { ApiProblem } from "../../api/problem";
import { PlanProblem } from "../api/request";
import type { Op, OpsAnswer } from "../api/types";
import { type Item, OpQueue, type QueueHost } from "./queue";

const op = (id: string, base = 0): Item => ({ type: "op", op: { id, kind: "reassign_atoms", atoms: [1], to: 2 }, base });
const clash = new PlanProblem("别人先改了", 409, "conflict", [{ op_id: "theirs" }], 8, null);
const refusal = new PlanProblem("不行", 422, "invalid", [], null, null);

/** A host that answers as told; what it lives through is written down. */
function world(answers: ((ids: string[]) => unknown)[]) {
  const seen: string[] = [];
  const bases: number[] = [];
  let rev = 0;
  const next = (ids: string[]): Promise<OpsAnswer> => {
    seen.push(`send ${ids.join("+")}`);
    const answer = answers.shift()?.(ids);
    if (answer instanceof Error) return Promise.reject(answer);
    rev += ids.length;
    return Promise.resolve({ rev, effects: { rev }, rebased: answer === "rebased" });
  };
  const host: QueueHost = {
    sendOps: (ops: Op[], base) => {
      bases.push(base);
      return next(ops.map(({ id }) => id));
    },
    sendStep: (step, id) => next([`${step}:${id}`]),
    accepted: (answer) => seen.push(`took ${answer.rev}`),
    refused: (problem, item) => seen.push(`refused ${item.type === "op" ? item.op.id : item.id} ${problem.message}`),
    clashed: () => seen.push("clash"),
    refresh: () => {
      seen.push("refresh");
      return Promise.resolve(8);
    },
    changed: (_, state) => {
      if (seen.at(-1) !== state) seen.push(state);
    },
    pause: () => Promise.resolve(),
  };
  return { seen, bases, queue: new OpQueue(host), settle: () => new Promise((done) => setTimeout(done, 5)) };
}

describe("operations on their way", () => {
  it("go out one request at a time, what waits together", async () => {
    const { seen, queue, settle } = world([]);
    queue.push(op("a"));
    queue.push(op("b"));
    queue.push(op("c"));
    await settle();
    expect(seen.filter((line) => line.startsWith("send"))).toEqual(["send a", "send b+c"]);
    expect(seen.at(-1)).toBe("saved");
    expect(queue.pending).toHaveLength(0);
  });

  it("keeps undo between the operations around it", async () => {
    const { seen, queue, settle } = world([]);
    for (const item of [op("a"), op("b"), { type: "step", step: "undo", id: "u" } as Item, op("c")]) queue.push(item);
    await settle();
    expect(seen.filter((line) => line.startsWith("send"))).toEqual(["send a", "send b", "send undo:u", "send c"]);
  });

  it("sends the same ids again when nobody answered", async () => {
    const gone = (): Error => new ApiProblem("", 0, "offline");
    const { seen, queue, settle } = world([gone, gone]);
    queue.push(op("a"));
    await settle();
    expect(seen.filter((line) => line.startsWith("send"))).toEqual(["send a", "send a", "send a"]);
    expect(seen).toContain("offline");
    expect(seen.at(-1)).toBe("saved");
  });

  it("waits in a clash, and sends again over the newest revision when told to", async () => {
    const { seen, queue, settle } = world([() => clash]);
    queue.push(op("a"));
    await settle();
    expect(seen.at(-1)).toBe("clash");
    expect(queue.pending).toHaveLength(1);
    queue.decide("retry");
    await settle();
    expect(seen.slice(seen.lastIndexOf("refresh"))).toEqual(["refresh", "send a", "took 1", "saved"]);
  });

  it("says which revision each was made on: what others do meanwhile is not built upon unseen", async () => {
    const { bases, queue, settle } = world([() => new ApiProblem("", 0, "offline"), () => clash]);
    queue.push(op("a", 3));
    await settle();
    queue.push(op("b", 7)); // made later, when the screen had seen more
    queue.decide("retry");
    await settle();
    expect(bases).toEqual([3, 3, 8, 7]);
  });

  it("lets what waited build on the answer before it, unless others came between", async () => {
    const quiet = world([]);
    quiet.queue.push(op("a", 5));
    quiet.queue.push(op("b", 5));
    await quiet.settle();
    expect(quiet.bases).toEqual([5, 1]);
    const busy = world([() => "rebased"]);
    busy.queue.push(op("a", 5));
    busy.queue.push(op("b", 5));
    await busy.settle();
    expect(busy.bases).toEqual([5, 5]);
  });

  it("does not clash with itself", async () => {
    const self = new PlanProblem("冲突", 409, "conflict", [{ op_id: "a" }], 9, null);
    const { seen, bases, queue, settle } = world([() => "rebased", () => self]);
    queue.push(op("a", 5));
    queue.push(op("b", 5));
    await settle();
    expect(bases).toEqual([5, 5, 9]);
    expect(seen).not.toContain("clash");
  });

  it("gives up only the clashing operation when told to", async () => {
    const { seen, queue, settle } = world([() => clash]);
    queue.push(op("a"));
    await settle();
    queue.push(op("b"));
    queue.decide("drop");
    await settle();
    expect(seen.filter((line) => line.startsWith("send"))).toEqual(["send a", "send b"]);
    expect(queue.pending).toHaveLength(0);
  });

  it("finds out which of a refused batch is meant", async () => {
    const { seen, queue, settle } = world([() => null, (ids) => (ids.length > 1 ? refusal : null), () => null, () => refusal]);
    for (const id of ["a", "b", "c"]) queue.push(op(id));
    await settle();
    expect(seen.filter((line) => line.startsWith("send"))).toEqual(["send a", "send b+c", "send b", "send c"]);
    expect(seen).toContain("refused c 不行");
  });

  it.each([502, 503, 504])("holds on to what nobody took, however often a proxy answers %i", async (status) => {
    const away = (): Error => new PlanProblem("", status, "unavailable", [], null, null);
    const { seen, queue, settle } = world(Array.from({ length: 9 }, () => away));
    queue.push(op("a"));
    await settle();
    expect(seen.filter((line) => line.startsWith("send"))).toHaveLength(10);
    expect(seen.at(-1)).toBe("saved");
    expect(queue.pending).toHaveLength(0);
  });

  it("drops what the server cannot take after several tries of a broken server", async () => {
    const broken = (): Error => new PlanProblem("坏了", 500, "internal", [], null, null);
    const { seen, queue, settle } = world([broken, broken, broken, broken]);
    queue.push(op("a"));
    await settle();
    expect(seen.filter((line) => line.startsWith("send"))).toHaveLength(4);
    expect(seen).toContain("refused a 坏了");
  });
});
