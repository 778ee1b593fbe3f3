import { ApiProblem } from "../../api/problem";
import { PlanProblem } from "../api/request";
import type { Op, OpsAnswer } from "../api/types";

/** `base` is the revision that its planner saw: what others did since must not touch the same things. */
export type Item = { type: "op"; op: Op; base: number } | { type: "step"; step: "undo" | "redo"; id: string; target?: string };

export type SaveState = "saved" | "saving" | "offline" | "clash";

/** What the queue needs of the world; all of it is given, so that tests run without a server or a clock. */
export interface QueueHost {
  sendOps(ops: Op[], base: number): Promise<OpsAnswer>;
  sendStep(step: "undo" | "redo", id: string, target?: string): Promise<OpsAnswer>;
  /** The server took them. */
  accepted(answer: OpsAnswer, items: Item[]): void;
  /** The server will never take it; it is out of the queue. */
  refused(problem: ApiProblem, item: Item): void;
  /** Somebody else's work is in the way; the queue stands still until decide() is called. */
  clashed(problem: PlanProblem, item: Item): void;
  /** Brings the board to the newest revision before an operation is tried again, and says which that is. */
  refresh(): Promise<number>;
  changed(pending: Item[], state: SaveState): void;
  pause(ms: number): Promise<void>;
}

const batchMost = 64;
const firstRetryMs = 500;
const longestRetryMs = 10_000;
const serverFaultTries = 4;

/**
 * Operations on their way, in order, one request at a time. An id goes with each, so that sending it twice counts once:
 * after a lost answer the same batch is simply sent again.
 */
export class OpQueue {
  private items: Item[] = [];
  private running = false;
  private state: SaveState = "saved";
  /** After a refused batch its members go one by one, to see which of them is meant. */
  private alone = 0;
  /** Operations of this screen that the server has: they are never in the way of those after them. */
  private readonly own = new Set<string>();
  private decided: ((choice: "retry" | "drop") => void) | null = null;

  constructor(private readonly host: QueueHost) {}

  get pending(): readonly Item[] {
    return this.items;
  }

  push(item: Item): void {
    this.items.push(item);
    this.tell(this.state === "saved" ? "saving" : this.state);
    void this.run();
  }

  /** What the planner chose in a clash: try again over the newest revision, or give the operation up. */
  decide(choice: "retry" | "drop"): void {
    const told = this.decided;
    this.decided = null;
    told?.(choice);
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let waitMs = firstRetryMs;
    let faults = 0;
    while (this.items.length > 0) {
      const batch = this.nextBatch();
      try {
        const answer = await this.transmit(batch);
        this.items.splice(0, batch.length);
        this.alone = Math.max(0, this.alone - batch.length);
        waitMs = firstRetryMs;
        faults = 0;
        this.settled(answer, batch);
        this.host.accepted(answer, batch);
        this.tell(this.items.length > 0 ? "saving" : "saved");
      } catch (cause) {
        const problem = cause instanceof ApiProblem ? cause : new ApiProblem(String(cause), -1, "");
        if (passing(problem) || (problem.status >= 500 && ++faults < serverFaultTries)) {
          this.tell("offline");
          await this.host.pause(waitMs);
          waitMs = Math.min(longestRetryMs, waitMs * 2);
          continue;
        }
        await this.settle(problem, batch);
      }
    }
    this.running = false;
    this.tell("saved");
  }

  private nextBatch(): Item[] {
    const [first] = this.items;
    if (!first || first.type === "step" || this.alone > 0) return this.items.slice(0, 1);
    const end = this.items.findIndex((item) => item.type === "step" || item.base !== first.base);
    return this.items.slice(0, Math.min(batchMost, end < 0 ? this.items.length : end));
  }

  private transmit(batch: Item[]): Promise<OpsAnswer> {
    const [first] = batch;
    if (first?.type === "step") return this.host.sendStep(first.step, first.id, first.target);
    const ops = batch.flatMap((item) => (item.type === "op" ? [item.op] : []));
    return this.host.sendOps(ops, first?.base ?? 0);
  }

  /** What waited saw nothing that the answer does not know of, unless others came between: then its base stays. */
  private settled(answer: OpsAnswer, batch: Item[]): void {
    const [first] = batch;
    for (const item of batch) this.own.add(item.type === "op" ? item.op.id : item.id);
    if (first?.type !== "op" || answer.rebased) return;
    for (const item of this.items) if (item.type === "op" && item.base === first.base) item.base = answer.rev;
  }

  private async settle(problem: ApiProblem, batch: Item[]): Promise<void> {
    if (batch.length > 1) {
      this.alone = batch.length;
      return;
    }
    const [item] = batch;
    if (!item) return;
    if (problem instanceof PlanProblem && problem.status === 409 && problem.clashes.length > 0) {
      if (item.type === "op" && this.onlyOwn(problem)) {
        item.base = Math.max(item.base + 1, problem.rev ?? 0);
        return;
      }
      this.tell("clash");
      const choice = new Promise<"retry" | "drop">((told) => {
        this.decided = told;
      });
      this.host.clashed(problem, item);
      if ((await choice) === "retry") {
        this.tell("saving");
        const now = await this.host.refresh();
        if (item.type === "op") item.base = now;
        return;
      }
      this.drop();
      await this.host.refresh();
      return;
    }
    this.drop();
    this.host.refused(problem, item);
  }

  private onlyOwn(problem: PlanProblem): boolean {
    return problem.clashes.every((clash) => this.own.has(clash.op_id));
  }

  private drop(): void {
    this.items.shift();
    this.alone = Math.max(0, this.alone - 1);
    this.tell("saving");
  }

  private tell(state: SaveState): void {
    this.state = state;
    this.host.changed([...this.items], state);
  }
}

/**
 * Troubles that go away by themselves, however long they last: nobody answers, or a proxy says so; the server is busy,
 * or its database away; the session has ended.
 */
const passing = (problem: ApiProblem): boolean => problem.offline || [401, 408, 429, 502, 503, 504].includes(problem.status);
