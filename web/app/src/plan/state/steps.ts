import * as api from "../api/client";
import { PlanProblem } from "../api/request";
import type { LonLat, PlanAction } from "../api/types";
import { p } from "../i18n/text";
import { announce, complain, words } from "./say";
import { openPlan, refreshPlan } from "./session";
import { refreshComments } from "./side";
import * as s from "./store";

/** Takes the plan a step further, with what the step wants beside. Returns the complaint, or "" when it went through. */
export async function act(action: PlanAction, note: string, effectiveAt: string, more: api.StepMore = {}): Promise<string> {
  const plan = s.plan.value;
  if (!plan) return "";
  try {
    if (effectiveAt && action !== "publish") await api.patchPlan(plan.id, { effective_at: effectiveAt });
    const next = await api.act(plan.id, action, {
      rev: plan.rev,
      ...more,
      ...(note ? { note } : {}),
      ...(effectiveAt && action === "publish" ? { effective_at: effectiveAt } : {}),
    });
    s.plan.value = { ...plan, ...next };
    announce(p("say.acted", { state: p(`state.${next.state}`) }));
    await refreshPlan();
    return "";
  } catch (cause) {
    return words(cause);
  }
}

/** Sets the day from which the plan is to hold. Returns the complaint, or "". */
export async function setEffective(day: string): Promise<string> {
  const plan = s.plan.value;
  if (!plan) return "";
  try {
    s.plan.value = { ...plan, ...(await api.patchPlan(plan.id, { effective_at: day })) };
    announce(p("preview.kept", { day }));
    return "";
  } catch (cause) {
    return words(cause);
  }
}

/** Brings the draft onto the newest edition; operations that no longer fit are named, and dropped only when told to. */
export async function rebase(drop: string[] = []): Promise<void> {
  const plan = s.plan.value;
  if (!plan) return;
  try {
    await api.rebasePlan(plan.id, plan.rev, drop);
    await openPlan(plan.id);
    announce(p("plan.rebased"));
  } catch (cause) {
    const clashes = cause instanceof PlanProblem ? cause.clashes : [];
    if (clashes.length === 0) {
      complain(words(cause));
      return;
    }
    const ids = clashes.map((clash) => clash.op_id);
    s.toast.value = { text: p("plan.rebaseClash", { n: ids.length, why: words(cause) }), bad: true, at: null };
    s.rebaseDrop.value = ids;
  }
}

export async function comment(text: string, point: LonLat | null, grid: number): Promise<string> {
  const plan = s.plan.value;
  if (!plan) return "";
  try {
    await api.postComment(plan.id, { text, ...(point ? { point, crs: "wgs84" } : {}), ...(grid ? { grid } : {}) });
    await refreshComments();
    return "";
  } catch (cause) {
    return words(cause);
  }
}

/** Reads how to reach those who spoke; the server writes down that it was read. */
export async function readContacts(): Promise<void> {
  const plan = s.plan.value;
  if (!plan) return;
  try {
    s.contacts.value = new Map((await api.getContacts(plan.id)).map((c) => [c.comment, c.contact]));
  } catch (cause) {
    complain(words(cause));
  }
}

export async function settle(id: number): Promise<void> {
  const plan = s.plan.value;
  if (!plan) return;
  try {
    await api.settleComment(plan.id, id);
    await refreshComments();
  } catch (cause) {
    complain(words(cause));
  }
}
