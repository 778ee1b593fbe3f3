import { useSignal } from "@preact/signals";
import type { PlanAction } from "../api/types";
import { p } from "../i18n/text";
import { act } from "../state/steps";
import * as s from "../state/store";
import { Field } from "./AttrsForm";
import { closeDialog, Modal } from "./Modal";

/** A step of the plan on its way, with its reasons, and for publishing the date from which it holds. */
export function ActDialog({ action }: { action: PlanAction }) {
  const note = useSignal("");
  const date = useSignal("");
  const trouble = useSignal("");
  const busy = useSignal(false);
  const needsNote = action === "return";
  const dated = action === "publish" || action === "announce" || action === "submit";
  const errors = s.problems.value.filter((problem) => problem.severity === "error").length;
  const go = async (): Promise<void> => {
    if (needsNote && !note.value.trim()) {
      trouble.value = p("act.needsNote");
      return;
    }
    busy.value = true;
    const effective = date.value ? new Date(date.value).toISOString() : "";
    trouble.value = await act(action, note.value.trim(), effective);
    busy.value = false;
    if (!trouble.value) closeDialog();
  };
  return (
    <Modal title={p(`act.${action}`)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <p>{p(`act.${action}.what`)}</p>
        {errors > 0 && action !== "return" && action !== "abandon" && (
          <p class="complaint">{p("act.errors", { n: errors })}</p>
        )}
        {s.pendingCount.value > 0 && <p class="complaint">{p("act.unsaved")}</p>}
        <label class="field">
          <span>{p(needsNote ? "act.reasons" : "act.note")}</span>
          <textarea rows={3} value={note.value} onInput={(event) => (note.value = event.currentTarget.value)} />
        </label>
        {dated && (
          <Field
            kind="datetime-local"
            label={p("act.effective")}
            value={date.value}
            change={(value) => (date.value = value)}
          />
        )}
        {trouble.value && (
          <p class="complaint" role="alert">
            {trouble.value}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy.value || s.pendingCount.value > 0}>
            {p(`act.${action}`)}
          </button>
          <button type="button" class="tool" onClick={closeDialog}>
            {p("cancel")}
          </button>
        </div>
      </form>
    </Modal>
  );
}
