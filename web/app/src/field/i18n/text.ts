import { lang } from "../../state/prefs";
import { en } from "./en";
import { type FieldKey, zh } from "./zh";

type Values = Record<string, string | number>;

/** The field view's words for a key in the language chosen. */
export function f(key: FieldKey, values: Values = {}): string {
  const text: string = lang.value === "zh" ? zh[key] : en[key];
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}
