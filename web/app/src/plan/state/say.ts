import { ApiProblem } from "../../api/problem";
import { spoken } from "../../state/app";
import { p } from "../i18n/text";
import * as s from "./store";

export function complain(text: string, at: [number, number] | null = null): void {
  s.toast.value = { text, bad: true, at };
  spoken.value = text;
}

export function announce(text: string): void {
  s.toast.value = { text, bad: false, at: null };
  spoken.value = text;
}

/** The words of a failed request. */
export const words = (cause: unknown): string => {
  if (!(cause instanceof ApiProblem)) return String(cause);
  return cause.offline ? p("save.offlineLong") : cause.message;
};
