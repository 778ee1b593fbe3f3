import * as api from "../api/client";
import { inOrder } from "./order";
import * as s from "./store";

const checkPauseMs = 500;
let timer = 0;
const orders = new Map<{ value: unknown }, ReturnType<typeof inOrder>>();

/** Asks for the lists that only the server can make, a moment after the last change. */
export function checkSoon(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void refreshSide(), checkPauseMs);
}

export const stopChecking = (): void => clearTimeout(timer);

/** Keeps the answer of a list for the plan on the screen, unless a newer one is there; answers may come in any order. */
async function list<T>(asked: Promise<T>, into: { value: T }, id: number): Promise<void> {
  const order = orders.get(into) ?? inOrder();
  orders.set(into, order);
  const rev = s.replay.value;
  const newest = order();
  const found = await asked;
  if (s.plan.value?.id === id && s.replay.value === rev && newest()) into.value = found;
}

export async function refreshSide(): Promise<void> {
  const id = s.plan.value?.id;
  const rev = s.replay.value;
  if (id === undefined) return;
  const lists = [
    list(api.getProblems(id, rev), s.problems, id),
    list(api.getOps(id, 0), s.ops, id),
    list(api.getHistory(id), s.events, id),
    list(api.getDiff(id, rev), s.diff, id),
    list(api.getComments(id), s.comments, id),
  ];
  await Promise.allSettled(lists); // a list that is late is no trouble: the next change asks again
}

export async function refreshComments(): Promise<void> {
  const id = s.plan.value?.id;
  if (id !== undefined) await list(api.getComments(id), s.comments, id);
}

export async function refreshHistory(id: number): Promise<void> {
  await list(api.getHistory(id), s.events, id);
}
