import { effect } from "@preact/signals";
import { asOf } from "../api/asof";
import { showDay } from "./day";
import { ask, clearSelection, openGrid } from "./actions";
import { levelChoice, selection } from "./app";
import { decodeHash, encodeHash, type HashState, type View } from "./hash";

let view: View | undefined;

/** Remembers where the map stands; written to the address without adding to the history. */
export function noteView(next: View): void {
  view = next;
  write(false);
}

/** Does what the address says: at the start, and after Back, Forward or an edited hash. */
export function follow(state: HashState): void {
  levelChoice.value = state.level ?? "auto";
  if ((state.at ?? "") !== asOf.peek()) {
    void showDay(state.at ?? "").then((trouble) => {
      const without = { ...state };
      delete without.at; // there was no map that day
      follow(trouble === "" ? state : without);
    });
    return;
  }
  if (state.point) void ask(state.point, !state.view);
  else if (state.grid !== undefined) void openGrid(state.grid, !state.view);
  else clearSelection();
}

const currentState = (): HashState => {
  const s = selection.peek();
  return {
    ...(view ? { view } : {}),
    ...(levelChoice.peek() === "auto" ? {} : { level: levelChoice.peek() as number }),
    ...(asOf.peek() === "" ? {} : { at: asOf.peek() }),
    ...(s.kind === "point" ? { point: s.query } : {}),
    ...(s.kind === "grid" ? { grid: s.id } : {}),
  };
};

/** Keeps the address in step with the selection; each new question is one step back in the history. */
export function startAddress(): void {
  view = decodeHash(location.hash).view;
  let last = keyOf(decodeHash(location.hash));
  effect(() => {
    void selection.value;
    void levelChoice.value;
    void asOf.value;
    const key = keyOf(currentState());
    write(key !== last);
    last = key;
  });
  addEventListener("popstate", () => {
    if (location.hash.startsWith("#/")) return; // the way to another page
    const state = decodeHash(location.hash);
    const key = keyOf(state);
    if (key === last) return;
    last = key;
    follow(state);
  });
}

const keyOf = (s: HashState): string =>
  encodeHash({
    ...(s.at === undefined ? {} : { at: s.at }),
    ...(s.point ? { point: s.point } : {}),
    ...(s.grid === undefined ? {} : { grid: s.grid }),
  });

function write(step: boolean): void {
  const url = encodeHash(currentState()) || location.pathname;
  if (location.hash === url) return;
  if (step) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}
