import { signal } from "@preact/signals";
import { PlanProblem, send } from "../api/request";

/** A day that was asked for although no map held on it yet, and the first that has one ("" when the server does not know). */
export const dayless = signal<{ day: string; first: string } | null>(null);

/** Finds out whether a day has a map at all. */
export async function lookForMap(day: string): Promise<void> {
  dayless.value = null;
  if (day === "") return;
  try {
    await send("GET", `/v1/meta?at=${day}`);
  } catch (cause) {
    if (cause instanceof PlanProblem && cause.status === 404) dayless.value = { day, first: cause.firstDay };
  }
}
