import * as api from "../api/client";
import * as s from "./store";

const checkPauseMs = 500;
let timer = 0;

/** Asks for the lists that only the server can make, a moment after the last change. */
export function checkSoon(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void refreshSide(), checkPauseMs);
}

export const stopChecking = (): void => clearTimeout(timer);

export async function refreshSide(): Promise<void> {
  const id = s.plan.value?.id;
  const rev = s.replay.value;
  if (id === undefined) return;
  const take = async <T>(asked: Promise<T>, into: { value: T }): Promise<void> => {
    try {
      const found = await asked;
      if (s.plan.value?.id === id && s.replay.value === rev) into.value = found;
    } catch {
      // a list that is late is no trouble: the next change asks again
    }
  };
  await Promise.all([
    take(api.getProblems(id, rev), s.problems),
    take(api.getOps(id, 0), s.ops),
    take(api.getHistory(id), s.events),
    take(api.getDiff(id, rev), s.diff),
    take(api.getComments(id), s.comments),
  ]);
}

export async function refreshComments(): Promise<void> {
  const id = s.plan.value?.id;
  if (id !== undefined) s.comments.value = await api.getComments(id);
}
