import { count } from "../../i18n/units";
import { p, pOr } from "../i18n/text";
import { when } from "../i18n/when";
import { rebase } from "../state/steps";
import * as s from "../state/store";
import { picture } from "../map/picture";
import { actionsOf } from "../state/workflow";
import { openPrint } from "./PrintPage";

/** The plan as a whole, when no grid is selected: where it stands, what it changes, what may be done with it. */
export function PlanPanel() {
  const plan = s.plan.value;
  if (!plan) return null;
  const actions = s.replay.value === null && s.previewDay.value === "" ? actionsOf(plan) : [];
  const returned = [...s.events.value].reverse().find((event) => event.action === "return");
  return (
    <section aria-labelledby="plan-name">
      <h2 id="plan-name" class="inspector-name">
        {plan.name}
      </h2>
      <p class="inspector-code">
        {p(`state.${plan.state}`)} · {p("plan.base", { n: plan.base_edition })}
      </p>
      {plan.note && <p class="plan-note">{plan.note}</p>}
      {plan.state === "returned" && returned?.note && (
        <p class="complaint">
          {p("plan.returned", { who: returned.actor })}
          {returned.note}
        </p>
      )}
      {plan.stale_base && s.editable.value && (
        <div class="complaint">
          <span>{p("plan.stale", { n: plan.base_head ?? "" })}</span>
          <button type="button" class="quiet" onClick={() => void rebase()}>
            {p("plan.rebase")}
          </button>
        </div>
      )}
      <dl class="facts-list">
        <div>
          <dt>{p("plan.by")}</dt>
          <dd>
            {plan.created_by} · {when(plan.created_at)}
          </dd>
        </div>
        {plan.effective_at && (
          <div>
            <dt>{p("plan.effective")}</dt>
            <dd>{when(plan.effective_at)}</dd>
          </div>
        )}
        {plan.edition ? (
          <div>
            <dt>{p("plan.edition")}</dt>
            <dd>{plan.edition}</dd>
          </div>
        ) : null}
      </dl>
      <Differs />
      <div class="buttons">
        {actions.map((action) => (
          <button
            key={action}
            type="button"
            class={action === actions[0] ? "primary" : "tool"}
            onClick={() => (s.dialog.value = { kind: "act", action })}
          >
            {pOr(`act.${action}`, action)}
          </button>
        ))}
        <button type="button" class="tool" onClick={() => (s.dialog.value = { kind: "preview" })}>
          {p("preview.do")}
        </button>
        <button type="button" class="tool" onClick={() => void openPrint(picture.peek())}>
          {p("do.print")}
        </button>
      </div>
      <p class="hint">{p("plan.hint")}</p>
    </section>
  );
}

function Differs() {
  const diff = s.diff.value;
  if (!diff) return null;
  return (
    <div class="inspector-change">
      <h3>{p("diff.title")}</h3>
      <p>
        {p("diff.summary", {
          grids: count(diff.grids?.length ?? 0),
          atoms: count(diff.atoms_moved ?? 0),
          households: count(diff.households_moved ?? 0),
        })}
      </p>
      <button type="button" class="quiet" onClick={() => (s.dialog.value = { kind: "diff" })}>
        {p("diff.open")}
      </button>
    </div>
  );
}
