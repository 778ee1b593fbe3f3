import { type Signal, useSignal } from "@preact/signals";
import { dayOf, today } from "../../api/asof";
import type { Plan, PlanAction } from "../api/types";
import { p } from "../i18n/text";
import { act } from "../state/steps";
import * as s from "../state/store";
import { Field } from "./AttrsForm";
import { closeDialog, Modal } from "./Modal";
import { NoticeCount } from "./NoticeLink";

/** Steps that bring a plan nearer to the map: its errors matter to them. */
const advances: readonly PlanAction[] = ["submit", "approve", "announce", "publish"];

const usualNoticeMs = 7 * 86_400_000;

/** Whether the public may still speak about a plan. */
const noticeRuns = (plan: Plan | null): boolean =>
  plan?.state === "announced" && plan.notice_until != null && new Date(plan.notice_until).getTime() > Date.now();

/** The last day of a plan's notice; a week from now where there is none. */
const lastDay = (plan: Plan | null): string =>
  dayOf(new Date(plan?.notice_until ? Date.parse(plan.notice_until) - 1 : Date.now() + usualNoticeMs).toISOString());

/** Why a note is wanted with a step; "" when it is not. */
function reasonFor(action: PlanAction, plan: Plan | null, forced: boolean, until: string): "return" | "force" | "early" | "shorten" | "" {
  if (action === "return") return "return";
  if (forced) return "force";
  if (action === "prolong" && until < lastDay(plan)) return "shorten";
  return action === "publish" && noticeRuns(plan) ? "early" : "";
}

/** A step of the plan on its way, with its reasons, and for publishing the date from which it holds. */
export function ActDialog({ action }: { action: PlanAction }) {
  const note = useSignal("");
  const date = useSignal("");
  const until = useSignal(lastDay(s.plan.value));
  const forced = useSignal(false);
  const trouble = useSignal("");
  const busy = useSignal(false);
  const dated = action === "publish" || action === "announce" || action === "submit";
  const errors = s.problems.value.filter((problem) => problem.severity === "error").length;
  const reason = reasonFor(action, s.plan.value, forced.value, until.value);
  const timed = action === "announce" || action === "prolong";
  const go = async (): Promise<void> => {
    if (reason && !note.value.trim()) {
      trouble.value = p(reason === "return" ? "act.needsNote" : "act.needsReason");
      return;
    }
    busy.value = true;
    const effective = date.value ? new Date(date.value).toISOString() : "";
    trouble.value = await act(action, note.value.trim(), effective, {
      ...(forced.value ? { force: true } : {}),
      ...(timed ? { until: until.value } : {}),
    });
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
        <NoticeCount of={action} />
        {errors > 0 && advances.includes(action) && <Errors action={action} n={errors} forced={forced} />}
        {s.pendingCount.value > 0 && <p class="complaint">{p("act.unsaved")}</p>}
        {timed && (
          <Field kind="date" label={p("act.until")} value={until.value} min={today()} change={(v) => (until.value = v)} required />
        )}
        <label class="field">
          <span>{p(noteLabel(action, reason))}</span>
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

function noteLabel(action: PlanAction, reason: string) {
  if (reason === "return") return "act.reasons" as const;
  if (reason === "force") return "act.forceReason" as const;
  if (reason === "early") return "act.earlyReason" as const;
  if (reason === "shorten") return "act.shortenReason" as const;
  if (action === "prolong") return "act.prolongNote" as const;
  return action === "announce" ? ("act.publicNote" as const) : ("act.note" as const);
}

/** What is still wrong; submitting and publishing may go past it, with a reason. */
function Errors({ action, n, forced }: { action: PlanAction; n: number; forced: Signal<boolean> }) {
  return (
    <>
      <p class="complaint">{p("act.errors", { n })}</p>
      {(action === "submit" || action === "publish") && (
        <label class="act-force">
          <input
            type="checkbox"
            checked={forced.value}
            onChange={(event) => (forced.value = event.currentTarget.checked)}
          />
          <span>{p("act.force")}</span>
        </label>
      )}
    </>
  );
}
