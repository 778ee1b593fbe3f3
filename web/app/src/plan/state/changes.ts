import { signal } from "@preact/signals";

/** Positions of atoms whose look changed since the map last drew them; a new object each time. */
export const atomChanges = signal<{ at: readonly number[] | "all" }>({ at: "all" });
/** Counts changes of the ground itself, after which tiles must be asked for again. */
export const groundChanges = signal(0);

export function noteAtoms(at: readonly number[] | "all"): void {
  if (at === "all" || at.length > 0) atomChanges.value = { at };
}

export function noteGround(): void {
  groundChanges.value++;
}
