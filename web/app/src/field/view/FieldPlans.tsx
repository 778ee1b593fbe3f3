import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiProblem } from "../../api/problem";
import { signedOut } from "../../plan/api/request";
import type { Plan } from "../../plan/api/types";
import { lang } from "../../state/prefs";
import { f } from "../i18n/text";
import { fieldHash } from "../route";
import { listPlans } from "../state/api";
import { FieldHeader, SignIn } from "./FieldPage";

/** Which plan to walk: those that are not over, the last changed first. */
export function FieldPlans() {
  const plans = useSignal<Plan[] | null>(null);
  const trouble = useSignal("");
  useEffect(() => {
    listPlans().then(
      (all) => (plans.value = all.filter((p) => p.state !== "abandoned" && p.state !== "published")),
      (cause: unknown) => (trouble.value = cause instanceof ApiProblem ? cause.message : f("send.broken")),
    );
  }, []);
  useEffect(() => {
    document.title = f("choose.title");
  }, [lang.value]);
  return (
    <div class="walk walk-choose">
      <FieldHeader title={f("choose.title")} />
      <main class="walk-sheet">
        {signedOut.value && <SignIn id={null} />}
        {trouble.value && !signedOut.value && <p class="complaint">{trouble.value}</p>}
        {!plans.value && !trouble.value && <p class="hint">{f("loading")}</p>}
        {plans.value?.length === 0 && <p class="walk-note">{f("choose.empty")}</p>}
        <ul class="choose">
          {(plans.value ?? []).map((plan) => (
            <li key={plan.id}>
              <a href={fieldHash(plan.id)}>
                <b>{plan.name}</b>
                <span class="hint">
                  {lang.value === "zh" ? (plan.state_name ?? plan.state) : plan.state} · {plan.created_by}
                </span>
              </a>
            </li>
          ))}
        </ul>
        <p>
          <a href="#/plans">{f("choose.plans")}</a>
        </p>
      </main>
    </div>
  );
}
