import { spoken } from "../../state/app";
import { p, pOr } from "../i18n/text";
import { planHash } from "../route";
import type { LoggedOp } from "../api/types";
import { complain, words } from "./say";
import { showRevision } from "./screen";
import { turnTo } from "./session";
import * as s from "./store";

const playMs = 1_100;
let timer = 0;
let busy = false;

/** What made the revision that is looked at; undefined at the beginning, or while the log is on its way. */
export const replayed = (): LoggedOp | undefined => s.ops.value.find((op) => op.rev === s.replay.value);

/** Work that is not on the server yet would be lost sight of. */
export function mayLookBack(): boolean {
  if (s.pendingCount.peek() === 0) return true;
  complain(p("replay.unsaved"));
  return false;
}

/** Does what the address says: a revision, or null for the draft as it is. */
export async function goTo(rev: number | null): Promise<void> {
  play(false);
  if (rev === null || s.replay.peek() === null) await turnTo(rev);
  else await show(rev);
}

/** Looks at a revision, as far as there are any, and keeps it in the address. */
export async function jumpTo(rev: number): Promise<void> {
  const plan = s.plan.peek();
  if (!plan || s.replay.peek() === null) return;
  const to = Math.max(0, Math.min(plan.rev, rev));
  history.replaceState(null, "", planHash(plan.id, to));
  await show(to);
}

/** One revision on or back; false where nothing is looked back at. */
export function stepBy(by: 1 | -1): boolean {
  const now = s.replay.peek();
  if (now === null) return false;
  play(false);
  void jumpTo(now + by);
  return true;
}

/** Plays on from here, from the beginning when at the end; or stops. */
export function play(on: boolean): void {
  clearInterval(timer);
  const last = s.plan.peek()?.rev ?? 0;
  s.playing.value = on && s.replay.peek() !== null;
  if (!s.playing.peek()) return;
  if (s.replay.peek() === last) void jumpTo(0);
  timer = window.setInterval(() => {
    const now = s.replay.peek();
    if (now === null || now >= last) play(false);
    else if (!busy) void jumpTo(now + 1);
  }, playMs);
}

async function show(rev: number): Promise<void> {
  busy = true;
  try {
    await showRevision(rev);
    const op = replayed();
    if (!s.playing.peek()) {
      spoken.value = `v${rev} ${op ? (op.summary ?? pOr(`op.${op.kind}`, op.kind)) : p("replay.begin")}`;
    }
  } catch (cause) {
    play(false);
    complain(words(cause));
  } finally {
    busy = false;
  }
}
