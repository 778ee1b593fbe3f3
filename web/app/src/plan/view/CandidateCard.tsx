import { useSignal } from "@preact/signals";
import { distance, percent } from "../../i18n/units";
import type { Candidate, Measure, Proposal } from "../api/proposals";
import { p } from "../i18n/text";
import { lookAt, nameOf, selectGrid } from "../state/edit";
import type { Merit } from "../state/merits";
import { amount, movedWords } from "../state/measure";
import { apply, isRunning } from "../state/propose";
import { atomName } from "../state/lists";
import * as s from "../state/store";
import { Thumb } from "./Thumb";

interface Props {
  proposal: Proposal;
  candidate: Candidate;
  best: readonly Merit[];
  picked: boolean;
  pick: () => void;
}

/** One candidate: its picture, its figures, and the ways to take it over, whole or by grid. */
export function CandidateCard({ proposal, candidate: c, best, picked, pick }: Props) {
  const part = useSignal<ReadonlySet<number>>(new Set());
  const moves = c.moves ?? [];
  const into = [...new Set(moves.map((m) => m.to))];
  const toggle = (id: number): void => {
    const next = new Set(part.value);
    if (!next.delete(id)) next.add(id);
    part.value = next;
  };
  return (
    <article class={`candidate ${picked ? "candidate-picked" : ""}`} aria-label={p("prop.candidate", { n: c.index + 1 })}>
      <button type="button" class="candidate-head" aria-pressed={picked} onClick={pick}>
        <Thumb candidate={c} />
        <Figures c={c} by={proposal.wish?.by ?? ""} touched={c.touched ?? into.length} best={best} />
      </button>
      <Obstacles c={c} />
      {s.editable.value && picked && moves.length > 0 && (
        <div class="candidate-apply">
          <details>
            <summary>{p("prop.part")}</summary>
            <ul>
              {into.map((id) => (
                <li key={id}>
                  <label class="check">
                    <input type="checkbox" checked={part.value.has(id)} onChange={() => toggle(id)} />
                    {nameOf(id)}
                  </label>
                </li>
              ))}
            </ul>
          </details>
          <button type="button" class="primary" disabled={isRunning(proposal)} onClick={() => apply(proposal, c, [...part.value])}>
            {part.value.size > 0 ? p("prop.applyPart", { n: part.value.size }) : p("prop.apply")}
          </button>
        </div>
      )}
    </article>
  );
}

function Figures({ c, by, touched, best }: { c: Candidate; by: Measure; touched: number; best: readonly Merit[] }) {
  return (
    <span class="candidate-facts">
      <strong>
        {p("prop.candidate", { n: c.index + 1 })} {!c.feasible && <span class="tag tag-warn">{p("prop.infeasible")}</span>}
        {best.map((merit) => (
          <span key={merit} class="tag tag-new">
            {p(`prop.best.${merit}`)}
          </span>
        ))}
      </strong>
      <span>
        {movedWords(by)} {amount(c.moved_households ?? 0, by)}
        {c.moved_share != null && ` (${percent(c.moved_share)})`}
      </span>
      <span>
        {p("prop.worst")} {percent(c.worst_deviation ?? 0)}
      </span>
      <span>
        {p("prop.border")} {distance(c.border_before_m ?? 0)} → {distance(c.border_m ?? 0)}
      </span>
      {by === "" && <Walked before={c.walk_before_m ?? 0} after={c.walk_m ?? 0} />}
      <span>
        {p("prop.touched", { n: touched })}
        {c.gap != null && (c.lower_bound ?? 0) > 0 && ` · ${p("prop.gap", { n: percent(c.gap) })}`}
      </span>
    </span>
  );
}

/** How far households live from the middle of their grid; nothing where nobody has a grid. */
function Walked({ before, after }: { before: number; after: number }) {
  if (after === 0) return null;
  return (
    <span>
      {p("prop.walked")} {before > 0 && `${distance(before)} → `}
      {distance(after)}
    </span>
  );
}

function Obstacles({ c }: { c: Candidate }) {
  const list = c.obstacles ?? [];
  if (list.length === 0) return null;
  return (
    <details class="obstacles" open={!c.feasible}>
      <summary>{p("prop.why")}</summary>
      <ul>
        {list.map((o) => (
          <li key={o.message}>
            {o.message} {o.proven && <span class="tag">{p("prop.proven")}</span>}
            {o.grid !== undefined && o.grid !== 0 && <GridLink id={o.grid} />}
            {o.atom !== undefined && o.atom !== 0 && <AtomLink id={o.atom} />}
          </li>
        ))}
      </ul>
    </details>
  );
}

const GridLink = ({ id }: { id: number }) => (
  <button type="button" class="quiet" onClick={() => selectGrid(id, true)}>
    {nameOf(id)}
  </button>
);

function AtomLink({ id }: { id: number }) {
  const board = s.board.value;
  const i = board?.indexOf(id);
  if (!board || i === undefined) return null;
  const at: [number, number] = [board.lon[i] ?? 0, board.lat[i] ?? 0];
  return (
    <button type="button" class="quiet" onClick={() => lookAt(at)}>
      {atomName(board, i)}
    </button>
  );
}
