import { dayOf, today } from "../../api/asof";
import type { Plan, PlanAction, PlanState } from "../api/types";

const steps: Record<PlanState, readonly PlanAction[]> = {
  draft: ["submit", "abandon"],
  returned: ["submit", "abandon"],
  submitted: ["approve", "return"],
  approved: ["publish", "announce", "return"],
  announced: ["publish", "prolong", "return"],
  published: [],
  abandoned: [],
};

/** What may be done with a plan now: the steps of its state that the server does not deny to this person. */
export const actionsOf = (plan: Plan): PlanAction[] => steps[plan.state].filter((action) => plan.can?.[action] !== false);

/** The step that most probably comes next; null when nothing is left to do. */
export const nextAction = (plan: Plan): PlanAction | null => actionsOf(plan)[0] ?? null;

/** Whether a draft is, or would be, the map of a day: from its effective date on, from today where it has none. */
export const holdsOn = (plan: Plan, day: string): boolean =>
  plan.state !== "published" && plan.state !== "abandoned" && day >= (plan.effective_at ? dayOf(plan.effective_at) : today());
