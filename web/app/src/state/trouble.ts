import { ApiProblem } from "../api/problem";
import { t } from "../i18n/text";
import { online } from "./app";

/** The words for a failed request; one that found nobody there also tells the page that the server is away. */
export function troubleText(cause: unknown): string {
  if (!(cause instanceof ApiProblem)) return String(cause);
  if (cause.offline) online.value = false;
  return cause.offline ? t("offline.title") : cause.message;
}
