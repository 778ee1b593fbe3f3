import { signal } from "@preact/signals";

/** The day that everything read is about, as YYYY-MM-DD in UTC+8; "" is now. */
export const asOf = signal("");

/** The day that the address asked for although there was no map then: the present one is shown instead. "" is none. */
export const dayWithoutMap = signal("");

export const isDay = (text: string | null): text is string =>
  text !== null && /^\d{4}-\d{2}-\d{2}$/u.test(text) && !Number.isNaN(Date.parse(text));

const dayMs = 86_400_000;
const zoneMs = 8 * 3_600_000; // days are those of UTC+8, wherever the browser stands

/** The day that it is, or one so many days later. */
export const today = (later = 0): string => new Date(Date.now() + zoneMs + later * dayMs).toISOString().slice(0, 10);

/** The day of a moment. */
export const dayOf = (iso: string): string => new Date(Date.parse(iso) + zoneMs).toISOString().slice(0, 10);

/** The first day of the next month: when plans usually take effect. */
export function nextMonth(): string {
  const [y = 0, m = 1] = today().split("-").map(Number);
  return new Date(Date.UTC(y, m, 1)).toISOString().slice(0, 10);
}

/** A description of tiles as of a day. */
export const tilesOf = (set: "grids" | "atoms", day: string): string =>
  `/tiles/${set}.json${day === "" ? "" : `?at=${day}`}`;
