import { batch } from "@preact/signals";
import type { ApiProblem } from "../../api/problem";
import { online, spoken } from "../../state/app";
import * as api from "../api/client";
import type { PlanProblem } from "../api/request";
import type { Effects, Op, OpBody, OpsAnswer, Plan } from "../api/types";
import { p } from "../i18n/text";
import { BoardModel } from "./board";
import { noteAtoms, noteGround } from "./changes";
import { followPlan } from "./follow";
import { newId } from "./ids";
import { type Item, OpQueue } from "./queue";
import { announce, complain, words } from "./say";
import { checkSoon, refreshComments, refreshSide, stopChecking } from "./side";
import * as s from "./store";

let stopFollowing = (): void => undefined;
let queue: OpQueue | null = null;
let openId = 0;
let wake = (): void => undefined;
/** A stroke under way, or a candidate looked at: on this screen only. */
let drawing: readonly OpBody[] = [];

/** Opens a draft: board first, because that is what the screen waits for; the rest follows. */
export async function openPlan(id: number): Promise<void> {
  closePlan();
  openId = id;
  queue = new OpQueue(host);
  s.loading.value = "busy";
  try {
    await reload();
    if (openId !== id) return;
    s.loading.value = "ready";
    spoken.value = p("say.opened", { name: s.plan.value?.name ?? "" });
  } catch (cause) {
    batch(() => {
      s.loading.value = "failed";
      s.loadTrouble.value = words(cause);
    });
    return;
  }
  void refreshSide();
  let first = true;
  stopFollowing = followPlan(id, () => s.board.value?.rev ?? 0, {
    op: heardOp,
    plan: (plan) => {
      s.plan.value = { ...s.plan.value, ...plan };
      void refreshPlan();
    },
    comment: () => void refreshComments(),
    presence: (who) => {
      s.presence.value = who;
    },
    opened: () => {
      s.followed.value = true;
      online.value = true;
      wake();
      if (!first) void catchUp();
      first = false;
    },
    broken: () => {
      s.followed.value = false;
    },
  });
}

export function closePlan(): void {
  stopFollowing();
  stopFollowing = () => undefined;
  openId = 0;
  stopChecking();
  batch(() => {
    s.plan.value = null;
    s.board.value = null;
    s.problems.value = [];
    s.ops.value = [];
    s.selectedGrid.value = null;
    s.chosenGrids.value = new Set();
    s.chosenAtoms.value = new Set();
    s.arc.value = null;
    s.proposals.value = [];
    s.diff.value = null;
    s.comparing.value = false;
  });
}

/** Takes an operation: shown at once where that is possible, and on its way to the server. */
export function submit(body: OpBody): void {
  if (!s.editable.value) {
    complain(p("edit.frozen"));
    return;
  }
  queue?.push({ type: "op", op: { ...body, id: newId() }, base: s.board.value?.rev ?? 0 });
}

/** Shows what a stroke or a candidate would do; nothing when it ends. */
export function draw(...bodies: readonly OpBody[]): void {
  drawing = bodies;
  overlay();
}

function overlay(): void {
  const bodies: OpBody[] = (queue?.pending ?? []).flatMap((item) => (item.type === "op" ? [item.op] : []));
  bodies.push(...drawing);
  const moved = s.board.value?.overlay(bodies) ?? [];
  batch(() => {
    if (moved.length > 0) s.version.value++;
    noteAtoms(moved);
  });
}

export function step(step: "undo" | "redo", target?: string): void {
  if (!s.editable.value) return;
  queue?.push({ type: "step", step, id: newId(), ...(target ? { target } : {}) });
}

export const decide = (choice: "retry" | "drop"): void => {
  s.dialog.value = null;
  queue?.decide(choice);
};

const host = {
  sendOps: (ops: Op[], base: number) => api.postOps(openId, base, ops),
  sendStep: (which: "undo" | "redo", id: string, target?: string) =>
    api.postStep(openId, which, { id, base_rev: s.board.value?.rev ?? 0, ...(target ? { target } : {}) }),
  accepted: (answer: OpsAnswer, items: Item[]) => {
    online.value = true;
    take(answer.effects, answer.rev);
    const undid = items[0]?.type === "step" ? items[0].step : null;
    batch(() => {
      s.undoable.value = answer.undo?.can ?? true;
      s.redoable.value = answer.redo?.can ?? undid === "undo";
    });
    if (answer.rebased) announce(p("say.rebased"));
    else if (undid) spoken.value = p(undid === "undo" ? "say.undone" : "say.redone");
    checkSoon();
  },
  refused: (problem: ApiProblem, item: Item) => {
    if (item.type === "step" && item.step === "undo") s.undoable.value = problem.status !== 404;
    if (item.type === "step" && item.step === "redo") s.redoable.value = false;
    complain(words(problem), (problem as Partial<PlanProblem>).at ?? null);
    s.arc.value = null; // it showed what was refused
    void catchUp();
  },
  clashed: (problem: PlanProblem, item: Item) => {
    s.dialog.value = { kind: "clash", problem, item };
    spoken.value = p("clash.title");
  },
  refresh: async () => {
    await reload().catch(() => undefined);
    return s.board.value?.rev ?? 0;
  },
  changed: (pending: Item[], state: typeof s.saving.value) => {
    batch(() => {
      s.saving.value = state;
      s.pendingCount.value = pending.length;
      s.version.value++;
    });
    overlay();
  },
  pause: (ms: number) =>
    new Promise<void>((done) => {
      wake = done; // the stream stands again: no need to wait any longer
      setTimeout(done, ms);
    }),
};

/**
 * Takes over effects. Where they begin after the revision of this screen (an operation of its own stood on others' that
 * it has not heard of yet), atoms went away, or the base was moved, the whole board is asked for again.
 */
function take(effects: Effects, rev: number): void {
  const board = s.board.value;
  if (!board || rev <= board.rev) return;
  if (effects.reload || (effects.from ?? 0) > board.rev || (effects.gone_atoms?.length ?? 0) > 0) {
    void catchUp(true);
    return;
  }
  const changed = board.apply({ ...effects, rev });
  batch(() => {
    s.version.value++;
    noteAtoms(changed);
  });
  if (movesGround(effects)) noteGround();
  if (s.plan.value) s.plan.value = { ...s.plan.value, rev };
  keepSelection();
}

const movesGround = ({ ground, new_atoms: made }: Effects): boolean =>
  (ground?.faces?.length ?? 0) > 0 || (made?.id.length ?? 0) > 0;

function heardOp(rev: number, actor: string, effects: Effects): void {
  const mine = rev <= (s.board.value?.rev ?? 0);
  take(effects, rev);
  if (mine) return;
  if (s.pendingCount.value === 0) spoken.value = p("say.other", { who: actor });
  checkSoon();
}

/** Asks for the board when the plan has moved on, or at once when told to. */
async function catchUp(surely = false): Promise<void> {
  try {
    const plan = await api.getPlan(openId);
    s.plan.value = plan;
    if (surely || plan.rev !== s.board.value?.rev) await reload();
    checkSoon();
  } catch {
    s.followed.value = false;
  }
}

async function reload(): Promise<void> {
  const id = openId;
  const had = s.board.value?.rev ?? 0;
  const [plan, answer] = await Promise.all([api.getPlan(id), api.getBoard(id)]);
  if (id !== openId) return;
  // What was heard meanwhile may be newer than the answer, and is not told again. (A server that was put back to an
  // older copy answers less than the screen had before it asked.)
  const now = s.board.value?.rev ?? 0;
  if (now > had && now > answer.rev) return reload();
  const model = new BoardModel(answer);
  batch(() => {
    s.plan.value = plan;
    s.board.value = model;
    s.version.value++;
    if (answer.undo) s.undoable.value = answer.undo.can;
    if (answer.redo) s.redoable.value = answer.redo.can;
  });
  overlay();
  noteAtoms("all");
  noteGround();
  keepSelection();
}

/** A grid that another planner has taken away is no longer selected. */
function keepSelection(): void {
  const { value: id } = s.selectedGrid;
  if (id !== null && !s.board.value?.grids.has(id)) s.selectedGrid.value = null;
}

export async function refreshPlan(): Promise<Plan | null> {
  const plan = await api.getPlan(openId);
  s.plan.value = plan;
  if (plan.rev !== s.board.value?.rev && s.pendingCount.value === 0) await reload();
  s.events.value = await api.getHistory(openId);
  return plan;
}
