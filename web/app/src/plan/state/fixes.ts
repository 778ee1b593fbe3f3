import { batch } from "@preact/signals";
import { spoken } from "../../state/app";
import * as api from "../api/client";
import type { Finding } from "../api/types";
import { p } from "../i18n/text";
import { showProblem } from "./edit";
import { newId } from "../../ids";
import { propose } from "./propose";
import { words } from "./say";
import { draw } from "./screen";
import { submit } from "./session";
import * as s from "./store";

/** Shows on the map what the fix of a problem would do, and asks the server whether it helps. Nothing is kept. */
export async function previewFix(index: number): Promise<void> {
  const problem = s.problems.peek()[index];
  const plan = s.plan.peek();
  const fix = problem?.fix;
  if (!plan || !fix || fix.ops.length === 0 || !s.editable.peek()) return;
  showProblem(index);
  batch(() => {
    s.fixing.value = index;
    s.fixNote.value = p("fix.asking");
  });
  draw(...fix.ops);
  const note = await tried(plan.id, problem);
  if (s.fixing.peek() !== index) return;
  s.fixNote.value = note;
  spoken.value = `${fix.text} ${note}`;
}

/** What the server says of a fix. */
async function tried(plan: number, problem: Finding): Promise<string> {
  try {
    const ops = (problem.fix?.ops ?? []).map((op) => ({ ...op, id: newId() }));
    const { effects } = await api.previewOps(plan, s.board.peek()?.rev ?? 0, ops);
    const grids = new Set(problem.grids ?? []);
    const left = effects.problems?.find((f) => f.kind === problem.kind && f.grids?.some((id) => grids.has(id)));
    return left ? p("fix.partly", { message: left.message }) : p("fix.helps");
  } catch (cause) {
    return words(cause);
  }
}

export function cancelFix(): void {
  if (s.fixing.peek() < 0) return;
  s.fixing.value = -1;
  draw();
}

/** Does what is previewed: as operations like any others, which undo takes back. */
export function doFix(): void {
  const fix = s.problems.peek()[s.fixing.peek()]?.fix;
  cancelFix();
  if (!fix) return;
  for (const op of fix.ops) submit(op);
  s.hint.value = p("fix.done");
  spoken.value = p("fix.done");
}

/** What the key and the button of a problem do: preview, then do; or ask the engine. False where nothing can be done. */
export function fixCurrent(): boolean {
  const index = s.problemIndex.peek();
  const fix = s.problems.peek()[index]?.fix;
  if (!fix || !s.editable.peek()) return false;
  if (fix.wish) askEngine(index);
  else if (s.fixing.peek() === index) doFix();
  else void previewFix(index);
  return fix.wish !== undefined || fix.ops.length > 0;
}

export function askEngine(index: number): void {
  const wish = s.problems.peek()[index]?.fix?.wish;
  if (!wish) return;
  showProblem(index);
  s.leftTab.value = "proposals";
  void propose(wish);
}
