import { count, percent } from "../../i18n/units";
import { p, pOr } from "../i18n/text";
import { nameOf } from "../state/edit";
import { atomName } from "../state/lists";
import * as s from "../state/store";
import { Modal } from "./Modal";

const atomsMost = 500;

/** Everything that the draft changes against the map in force: grids, households, lineage, posts. */
export function DiffDialog() {
  const diff = s.diff.value;
  const board = s.board.value;
  const moved = diff?.moved ?? [];
  return (
    <Modal title={p("diff.title")} wide>
      <h3>{p("diff.grids")}</h3>
      <table class="plan-table">
        <thead>
          <tr>
            <th scope="col">{p("attrs.name")}</th>
            <th scope="col">{p("diff.status")}</th>
            <th scope="col">{p("diff.before")}</th>
            <th scope="col">{p("diff.after")}</th>
          </tr>
        </thead>
        <tbody>
          {(diff?.grids ?? []).map((g) => (
            <tr key={g.id}>
              <th scope="row">{g.name ?? nameOf(g.id)}</th>
              <td>{pOr(`diff.${g.status}`, g.status)}</td>
              <td>{count(g.households_before ?? 0)}</td>
              <td>{count(g.households_after ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Lineage />
      <h3>{p("diff.moved", { n: count(moved.length) })}</h3>
      <ul class="diff-moved">
        {moved.slice(0, atomsMost).map((m) => (
          <li key={m.atom}>
            <span class="mono">{board ? atomName(board, board.indexOf(m.atom) ?? -1) : m.atom}</span> {nameOf(m.from)} → {nameOf(m.to)}{" "}
            {p("chosen.households", { n: count(m.households ?? 0) })}
          </li>
        ))}
      </ul>
    </Modal>
  );
}

function Lineage() {
  const { lineage, posts } = s.diff.value ?? {};
  return (
    <>
      {lineage?.length ? <h3>{p("diff.lineage")}</h3> : null}
      <ul>
        {(lineage ?? []).map((l) => (
          <li key={`${l.from}-${l.to}`}>
            {nameOf(l.from)} → {nameOf(l.to)} {percent(l.share)}
          </li>
        ))}
      </ul>
      {posts?.length ? <p class="hint">{p("diff.posts", { n: count(posts.length) })}</p> : null}
    </>
  );
}
