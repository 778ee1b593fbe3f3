import type { PlanProblem } from "../api/request";
import { p, pOr } from "../i18n/text";
import { when } from "../i18n/when";
import { nameOf } from "../state/edit";
import { decide } from "../state/session";
import type { Item } from "../state/queue";
import { Modal } from "./Modal";

/** Two planners wanted the same thing: both are shown, and this one decides about the own operation only. */
export function ClashDialog({ problem, item }: { problem: PlanProblem; item: Item }) {
  return (
    <Modal title={p("clash.title")} close={() => decide("drop")}>
      <p>{problem.message}</p>
      <h3>{p("clash.mine")}</h3>
      <p class="clash-side">{mine(item)}</p>
      <h3>{p("clash.theirs")}</h3>
      <ul class="clash-side">
        {problem.clashes.map((clash) => (
          <li key={clash.op_id}>
            <strong>{clash.actor}</strong> {pOr(`op.${clash.kind ?? ""}`, clash.kind ?? "")}
            {clash.rev ? ` (v${clash.rev})` : ""} {typeof clash.at === "string" ? when(clash.at) : ""}
            {clash.reason ? ` ${clash.reason}` : ""}
            {clash.items?.length ? <span class="op-who">{clash.items.slice(0, 12).map(itemName).join("、")}</span> : null}
          </li>
        ))}
      </ul>
      <p class="hint">{p("clash.hint")}</p>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => decide("retry")}>
          {p("clash.retry")}
        </button>
        <button type="button" class="tool" onClick={() => decide("drop")}>
          {p("clash.drop")}
        </button>
      </div>
    </Modal>
  );
}

function mine(item: Item): string {
  if (item.type === "step") return p(item.step === "undo" ? "do.undo" : "do.redo");
  const { op } = item;
  const what = pOr(`op.${op.kind}`, op.kind);
  if (op.kind === "reassign_atoms") return p("clash.reassign", { n: op.atoms.length, name: nameOf(op.to) });
  if ("grid" in op) return `${what} ${nameOf(op.grid)}`;
  return what;
}

/** "grid:12" and "atom:7" in words. */
function itemName(item: string): string {
  const [kind, id = ""] = item.split(":");
  if (kind === "grid" || kind === "g") return nameOf(Number(id));
  if (kind === "atom" || kind === "a") return p("clash.atom", { id });
  return item;
}
