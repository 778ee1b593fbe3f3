import { isDay } from "../api/asof";

/** Where the editor lives: behind the hash of the one page that the server has. */
export const plansHash = "#/plans";

/** The address of a plan; with a revision, of what it was then. */
export const planHash = (id: number, rev?: number): string => `#/plan/${id}${rev === undefined ? "" : `?rev=${rev}`}`;

/** The revision that an address asks to look back at; null for the draft as it is. */
export function revOf(hash: string): number | null {
  const rev = /^#\/plans?\/\d{1,15}\?(?:.*&)?rev=(\d{1,15})(?:&|$)/u.exec(hash)?.[1];
  return rev === undefined ? null : Number(rev);
}

/** The day that an address asks to preview; "" for none. */
export function dayIn(hash: string): string {
  const day = /^#\/plans?\/\d{1,15}\?(?:.*&)?at=([\d-]+)(?:&|$)/u.exec(hash)?.[1] ?? "";
  return isDay(day) ? day : "";
}

export const previewHash = (id: number, day: string): string => `#/plan/${id}?at=${day}`;

/** A plan's id, "list", or null for the public map. */
export function routeOf(hash: string): number | "list" | null {
  if (/^#\/plans?\/?$/u.test(hash)) return "list";
  const id = /^#\/plans?\/(\d{1,15})(?:[/?].*)?$/u.exec(hash)?.[1];
  return id === undefined ? null : Number(id);
}
