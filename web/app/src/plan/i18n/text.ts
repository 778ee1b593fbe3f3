import { lang } from "../../state/prefs";
import { en } from "./en";
import { type Key, zh } from "./zh";

type Values = Record<string, string | number>;

/** The editor's words for a key in the language chosen; they come with the editor, not with the public page. */
export function p(key: Key, values: Values = {}): string {
  const text: string = lang.value === "zh" ? zh[key] : en[key];
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}

/** The words for a key built from data, or the fallback where there are none. */
export function pOr(key: string, fallback: string): string {
  return key in zh ? p(key as Key) : fallback;
}
