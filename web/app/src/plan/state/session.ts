import { batch } from "@preact/signals";
import type { ApiProblem } from "../../api/problem";
import { online, spoken } from "../../state/app";
import * as api from "../api/client";
import type { PlanProblem } from "../api/request";
import type { Effects, Op, OpBody, OpsAnswer, Plan } from "../api/types";
import { p } from "../i18n/text";
import { followPlan } from "./follow";
import { newId } from "../../ids";
import { type Item, OpQueue } from "./queue";
import { announce, complain, words } from "./say";
import { askPlan, catchUp, overlay, reload, showPlan, take } from "./screen";
import { checkSoon, refreshComments, refreshHistory, refreshSide, stopChecking } from "./side";
import * as s from "./store";

let stopFollowing = (): void => undefined;
let queue: OpQueue | null = null;
let openId = 0;
let wake = (): void => undefined;

/**
 * Opens a draft, or looks back at one of its revisions: board first, because that is what the screen waits for; the
 * rest follows. Of what others do meanwhile only the draft as it is hears.
 */
export async function openPlan(id: number, rev: number | null = null): Promise<void> {
  closePlan();
  openId = id;
  s.replay.value = rev;
  showPlan(id, waiting);
  queue = new OpQueue(host);
  s.loading.value = "busy";
  s.contacts.value = null;
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
  if (rev === null) follow(id);
}

const waiting = (): OpBody[] => (queue?.pending ?? []).flatMap((item) => (item.type === "op" ? [item.op] : []));

/** Turns from the draft as it is to a revision, or back (null); the map stays where it is. */
export async function turnTo(rev: number | null): Promise<void> {
  if (rev === s.replay.value) return;
  stopFollowing();
  stopFollowing = () => undefined;
  queue = new OpQueue(host);
  batch(() => {
    s.replay.value = rev;
    s.playing.value = false;
    s.followed.value = true;
    s.chosenAtoms.value = new Set();
    s.arc.value = null;
    s.tool.value = "select";
    s.dialog.value = null;
  });
  try {
    await reload();
    void refreshSide();
    if (rev === null) follow(openId);
  } catch (cause) {
    complain(words(cause));
  }
}

/** What could not be asked for is, when the stream stands again. */
const missed = (): void => undefined;

function follow(id: number): void {
  let first = true;
  stopFollowing = followPlan(id, () => s.board.value?.rev ?? 0, {
    op: heardOp,
    plan: (plan) => {
      s.plan.value = { ...s.plan.value, ...plan };
      refreshPlan().catch(missed);
    },
    comment: () => void refreshComments().catch(missed),
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
  showPlan(0, waiting);
  stopChecking();
  batch(() => {
    s.plan.value = null;
    s.replay.value = null;
    s.playing.value = false;
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

function heardOp(rev: number, actor: string, effects: Effects): void {
  const mine = rev <= (s.board.value?.rev ?? 0);
  take(effects, rev);
  if (mine) return;
  if (s.pendingCount.value === 0) spoken.value = p("say.other", { who: actor });
  checkSoon();
}

export async function refreshPlan(): Promise<Plan | null> {
  const plan = await askPlan();
  if (plan.rev !== s.board.value?.rev && s.pendingCount.value === 0 && s.replay.value === null) await reload();
  await refreshHistory(openId);
  return plan;
}
