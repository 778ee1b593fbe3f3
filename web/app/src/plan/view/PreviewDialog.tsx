import { useSignal } from "@preact/signals";
import { dayOf, isDay, nextMonth } from "../../api/asof";
import { p } from "../i18n/text";
import { previewHash } from "../route";
import { setEffective } from "../state/steps";
import * as s from "../state/store";
import { Field } from "./AttrsForm";
import { closeDialog, Modal } from "./Modal";

/** Asks for the day to preview, and can keep it as the day from which the plan is to hold. */
export function PreviewDialog() {
  const plan = s.plan.value;
  const planned = plan?.effective_at ? dayOf(plan.effective_at) : "";
  const day = useSignal(s.previewDay.value || planned || nextMonth());
  const trouble = useSignal("");
  if (!plan) return null;
  const show = (): void => {
    if (!isDay(day.value)) return;
    location.hash = previewHash(plan.id, day.value);
    closeDialog();
  };
  const keep = async (): Promise<void> => {
    trouble.value = await setEffective(day.value);
  };
  return (
    <Modal title={p("preview.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          show();
        }}
      >
        <p>{p("preview.what")}</p>
        <p class="hint">{planned ? p("preview.planned", { day: planned }) : p("preview.unplanned")}</p>
        <Field kind="date" label={p("preview.day")} value={day.value} change={(value) => (day.value = value)} />
        {trouble.value && (
          <p class="complaint" role="alert">
            {trouble.value}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="primary" disabled={!isDay(day.value)}>
            {p("preview.show")}
          </button>
          {plan.can?.rename !== false && s.plan.value?.state !== "published" && (
            <button type="button" class="tool" disabled={!isDay(day.value) || day.value === planned} onClick={() => void keep()}>
              {p("preview.keep")}
            </button>
          )}
          <button type="button" class="tool" onClick={closeDialog}>
            {p("cancel")}
          </button>
        </div>
      </form>
    </Modal>
  );
}
