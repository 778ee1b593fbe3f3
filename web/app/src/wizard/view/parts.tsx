import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { count, w } from "../i18n/text";
import { forget } from "../state/actions";
import * as s from "../state/store";

/** The file at hand, what it is, and the way to be rid of it. */
export function FileLine() {
  const survey = s.survey.value;
  const it = s.item.value;
  const asking = useSignal(false);
  if (!it) return null;
  const facts = [
    survey?.format,
    survey && survey.rows >= 0 ? w("file.rows", { n: count(survey.rows) }) : w("file.rowsUnknown"),
    survey?.layer && survey.layer !== it.file ? survey.layer : "",
    survey?.encoding ? w("file.encoding", { e: survey.encoding }) : "",
    sizeOf(it.bytes),
  ];
  return (
    <div class="wizard-file">
      <strong>{it.file}</strong>
      <span class="hint">{facts.filter(Boolean).join(" · ")}</span>
      {asking.value ? (
        <span class="wizard-sure" role="group" aria-label={w("giveUpSure")}>
          <span>{w("giveUpSure")}</span>
          <button type="button" class="tool" onClick={() => void forget()}>
            {w("yes")}
          </button>
          <button type="button" class="tool" onClick={() => (asking.value = false)}>
            {w("no")}
          </button>
        </span>
      ) : (
        <button type="button" class="quiet" onClick={() => (asking.value = true)}>
          {w("giveUp")}
        </button>
      )}
    </div>
  );
}

const sizeOf = (bytes: number): string =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** The buttons below a step; why one cannot go on stands beside them. */
export function Onward({ back, why, children }: { back?: s.Step; why?: string; children: ComponentChildren }) {
  return (
    <div class="wizard-onward">
      {back !== undefined && (
        <button type="button" class="tool" onClick={() => (s.step.value = back)}>
          {w("back")}
        </button>
      )}
      {why && <span class="wizard-why">{why}</span>}
      {children}
    </div>
  );
}
