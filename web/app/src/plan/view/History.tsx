import { count } from "../../i18n/units";
import { p, pOr } from "../i18n/text";
import { selectGrid } from "../state/edit";
import { planHash } from "../route";
import { mayLookBack } from "../state/replay";
import { step } from "../state/session";
import * as s from "../state/store";
import { when } from "../i18n/when";

/** Who did what and when, newest first; what was undone is struck through and can be seen all the same. */
export function History() {
  const steps = s.events.value;
  const log = [...s.ops.value].reverse();
  return (
    <div class="list plan-history">
      <DiffSummary />
      <h2 class="rows-parent">{p("history.ops")}</h2>
      {log.length === 0 && <p class="hint list-none">{p("history.none")}</p>}
      <ol>
        {log.map((op) => (
          <li key={op.rev} class={`op ${op.undone ? "op-undone" : ""}`}>
            <span class="op-rev mono">v{op.rev}</span>
            <span class="op-what">
              {op.undone ? <s>{op.summary ?? pOr(`op.${op.kind}`, op.kind)}</s> : (op.summary ?? pOr(`op.${op.kind}`, op.kind))}
              <span class="op-who">
                {op.actor} · <time dateTime={op.at}>{when(op.at)}</time>
                {op.undone && <span class="tag">{p("history.undone")}</span>}
              </span>
            </span>
            <a
              class="quiet op-replay"
              href={planHash(s.plan.value?.id ?? 0, op.rev)}
              aria-current={s.replay.value === op.rev ? "step" : undefined}
              aria-label={`${p("replay.this")} v${op.rev}`}
              onClick={(event) => {
                if (!mayLookBack()) event.preventDefault();
              }}
            >
              {p("replay.this")}
            </a>
            {!op.undone && op.kind !== "undo" && op.kind !== "redo" && s.editable.value && (
              <button
                type="button"
                class="quiet op-undo"
                aria-label={`${p("history.undoThis")} v${op.rev}`}
                onClick={() => step("undo", op.id)}
              >
                {p("history.undoThis")}
              </button>
            )}
          </li>
        ))}
      </ol>
      <h2 class="rows-parent">{p("history.steps")}</h2>
      <ol>
        {[...steps].reverse().map((event) => (
          <li key={event.id} class="op">
            <span class="op-rev mono">v{event.rev}</span>
            <span class="op-what">
              {pOr(`event.${event.action}`, event.action)}
              {event.note && <q class="op-note">{event.note}</q>}
              <span class="op-who">
                {event.actor} · <time dateTime={event.at}>{when(event.at)}</time>
              </span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What the draft changes against the map in force. */
function DiffSummary() {
  const diff = s.diff.value;
  if (!diff) return null;
  const grids = diff.grids ?? [];
  return (
    <details class="plan-diff" open={grids.length > 0 && grids.length <= 12}>
      <summary>
        {p("diff.summary", {
          grids: count(grids.length),
          atoms: count(diff.atoms_moved ?? 0),
          households: count(diff.households_moved ?? 0),
        })}
      </summary>
      <ul>
        {grids.map((g) => (
          <li key={g.id}>
            <button type="button" class="quiet" onClick={() => selectGrid(g.id, true)}>
              {g.name ?? s.board.value?.grids.get(g.id)?.name ?? `#${g.id}`}
            </button>{" "}
            <span class="tag">{pOr(`diff.${g.status}`, g.status)}</span>{" "}
            <span class="mono">
              {count(g.households_before ?? 0)} → {count(g.households_after ?? 0)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
