import { lang } from "../state/prefs";
import { en } from "./en";
import { type Key, zh } from "./zh";

export type { Key } from "./zh";

type Values = Record<string, string | number>;

/** The words for a key in the language chosen; {names} are filled in. Reading it in a component follows the switch. */
export function t(key: Key, values: Values = {}): string {
  const text: string = lang.value === "zh" ? zh[key] : en[key];
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}

/** The words for a key built from data, or the fallback where the page has none for it. */
export function tOr(key: string, fallback: string): string {
  return key in zh ? t(key as Key) : fallback;
}

/** A level's name without what stands in brackets, for switches and marks: "里（网格）" is 里. */
export const shortName = (name: string): string => name.replace(/[（(][^）)]*[）)]/gu, "") || name;

export const listed = (names: readonly string[]): string => names.join(lang.value === "zh" ? "、" : ", ");
