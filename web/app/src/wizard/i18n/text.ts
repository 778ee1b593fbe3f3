import { lang } from "../../state/prefs";
import { en } from "./en";
import { type Key, zh } from "./zh";

/** The wizard's words for a key in the language chosen; they come with the wizard, not with the public page. */
export function w(key: Key, values: Record<string, string | number> = {}): string {
  const text: string = lang.value === "zh" ? zh[key] : en[key];
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}

/** The words for a key built from data, or the fallback where there are none. */
export const wOr = (key: string, fallback: string): string => (key in zh ? w(key as Key) : fallback);

/** A number as people write it. */
export const count = (n: number): string => n.toLocaleString(lang.value === "zh" ? "zh-CN" : "en-GB");
