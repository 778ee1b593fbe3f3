import { batch } from "@preact/signals";
import { asOf, today } from "../api/asof";
import { getMeta } from "../api/client";
import { ApiProblem } from "../api/problem";
import { t } from "../i18n/text";
import { askAgain } from "./actions";
import { meta, online, spoken } from "./app";
import { troubleText } from "./trouble";

/** Turns the page to a day ("" is now): the map, the lists, and what was asked. Returns the complaint, or "". */
export async function showDay(day: string): Promise<string> {
  const was = asOf.peek();
  asOf.value = day;
  try {
    const then = await getMeta();
    batch(() => {
      meta.value = then;
      spoken.value = dayWords(day);
    });
    askAgain();
    return "";
  } catch (cause) {
    asOf.value = was;
    if (cause instanceof ApiProblem && cause.offline) online.value = false;
    return troubleText(cause);
  }
}

/** What the page shows: the map of a day ahead, of one that is past, or the present one. */
export const dayWords = (day: string): string =>
  day === "" ? t("day.now") : t(day > today() ? "day.ahead" : "day.past", { day });
