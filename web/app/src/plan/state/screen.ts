import { batch } from "@preact/signals";
import * as api from "../api/client";
import type { Effects, OpBody, Plan } from "../api/types";
import { BoardModel } from "./board";
import { noteAtoms, noteGround } from "./changes";
import { inOrder } from "./order";
import { checkSoon } from "./side";
import * as s from "./store";

const retryMs = 1_000;

let openId = 0;
let later = 0;
const plansAsked = inOrder();
let pending = (): readonly OpBody[] => [];
/** A stroke under way, or a candidate looked at: on this screen only. */
let drawing: readonly OpBody[] = [];

/** Says whose board the screen shows, and what lies over it until the server has it. */
export function showPlan(id: number, waiting: () => readonly OpBody[]): void {
  openId = id;
  pending = waiting;
}

/** Shows what a stroke or a candidate would do; nothing when it ends. */
export function draw(...bodies: readonly OpBody[]): void {
  drawing = bodies;
  overlay();
}

export function overlay(): void {
  const moved = s.board.value?.overlay([...pending(), ...drawing]) ?? [];
  batch(() => {
    if (moved.length > 0) s.version.value++;
    noteAtoms(moved);
  });
}

/** Goes from the revision on the screen to another by what differs, and lights what moved. */
export async function showRevision(rev: number): Promise<void> {
  const board = s.board.value;
  if (!board || s.replay.value === null || rev === board.rev) return;
  const { effects } = await api.getReplay(openId, board.rev, rev);
  if (s.board.value !== board) return;
  s.replay.value = rev;
  if (effects.reload || (effects.gone_atoms?.length ?? 0) > 0) await reload();
  else {
    const changed = board.apply(effects);
    board.rev = rev; // apply() knows forward only
    batch(() => {
      s.version.value++;
      noteAtoms(changed);
    });
    if (movesGround(effects)) noteGround();
    keepSelection();
  }
  s.chosenAtoms.value = new Set(effects.atoms?.id ?? []);
  checkSoon();
}

/**
 * Takes over effects. Where they begin after the revision of this screen (an operation of its own stood on others' that
 * it has not heard of yet), atoms went away, or the base was moved, the whole board is asked for again.
 */
export function take(effects: Effects, rev: number): void {
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

/** What the plan is now; on the screen unless a newer answer is there already. */
export async function askPlan(): Promise<Plan> {
  const id = openId;
  const newest = plansAsked();
  const plan = await api.getPlan(id);
  if (id === openId && newest()) s.plan.value = plan;
  return plan;
}

/** Asks for the board when the plan has moved on, or at once when told to. */
export async function catchUp(surely = false): Promise<void> {
  try {
    const plan = await askPlan();
    if (surely || plan.rev !== s.board.value?.rev) await reload();
    checkSoon();
  } catch {
    // Whether others are heard is the stream's to say: it may well stand although one request was lost.
    clearTimeout(later);
    later = window.setTimeout(() => openId > 0 && void catchUp(surely), retryMs);
  }
}

export async function reload(): Promise<void> {
  const id = openId;
  const back = s.replay.peek();
  const had = s.board.value?.rev ?? 0;
  const newest = plansAsked();
  const [plan, answer] = await Promise.all([api.getPlan(id), api.getBoard(id, back)]);
  if (id !== openId || back !== s.replay.peek()) return;
  // What was heard meanwhile may be newer than the answer, and is not told again. (A server that was put back to an
  // older copy answers less than the screen had before it asked.)
  const now = s.board.value?.rev ?? 0;
  if (back === null && now > had && now > answer.rev) return reload();
  const model = new BoardModel(answer);
  batch(() => {
    if (newest()) s.plan.value = plan;
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

