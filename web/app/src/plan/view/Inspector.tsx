import { area, count, percent } from "../../i18n/units";
import type { PlanGrid } from "../api/types";
import { p, pOr } from "../i18n/text";
import { nameOf, selectGrid, setLock } from "../state/edit";
import * as s from "../state/store";
import { ArcPanel } from "./ArcPanel";
import { AtomList, ChosenAtoms } from "./Atoms";
import { AttrsForm } from "./AttrsForm";
import { Comments } from "./Comments";
import { LoadBar } from "./LoadBar";
import { PlanPanel } from "./PlanPanel";

/** What the right side says of what is in hand: the border, the chosen atoms, the grid, or the plan itself. */
export function Inspector() {
  const grid = s.selected.value;
  const several = s.chosenGrids.value.size > 1;
  return (
    <div class="inspector">
      {s.tool.value === "vertex" && s.arc.value && <ArcPanel arc={s.arc.value} />}
      {s.chosenAtoms.value.size > 0 && <ChosenAtoms />}
      {several && <ChosenGrids />}
      {grid ? <GridPanel key={grid.id} grid={grid} /> : <PlanPanel />}
      <Comments grid={grid?.id ?? null} />
    </div>
  );
}

function GridPanel({ grid }: { grid: PlanGrid }) {
  return (
    <section aria-labelledby="grid-name">
      <h2 id="grid-name" class="inspector-name">
        {grid.name || grid.code}
      </h2>
      <p class="mono inspector-code">{grid.code}</p>
      <LoadBar grid={grid} />
      {grid.masked ? <p class="hint">{p("grid.masked")}</p> : <Facts grid={grid} />}
      <Change grid={grid} />
      {s.editable.value && (
        <div class="buttons">
          <button type="button" class="tool" onClick={() => (s.tool.value = "brush")}>
            {p("tool.brush")}
          </button>
          <button type="button" class="tool" onClick={() => (s.dialog.value = { kind: "merge", grids: [...s.chosenGrids.value] })}>
            {p("do.merge")}
          </button>
          <button type="button" class="tool" onClick={() => (s.tool.value = "cut")}>
            {p("do.cut")}
          </button>
          <button type="button" class="tool" onClick={() => (s.dialog.value = { kind: "retire", grid: grid.id })}>
            {p("do.retire")}
          </button>
          <button type="button" class="tool" onClick={() => setLock([grid.id], !grid.locked)}>
            {p(grid.locked ? "grid.unlock" : "grid.lock")}
          </button>
        </div>
      )}
      {s.editable.value && <AttrsForm grid={grid} />}
      {!grid.masked && <AtomList grid={grid.id} />}
    </section>
  );
}

/** What is counted of a grid. */
function Facts({ grid }: { grid: PlanGrid }) {
  const unit = pOr(`unit.${grid.unit ?? ""}`, grid.unit ?? "");
  const load = grid.target
    ? p("grid.loadOf", { n: count(Math.round(grid.load)), target: count(grid.target), unit })
    : `${count(Math.round(grid.load))} ${unit}`;
  return (
      <dl class="facts-list">
        <Fact name={p("grid.load")} value={load} />
        {grid.min != null && grid.max != null && (
          <Fact name={p("grid.range")} value={`${count(grid.min)}–${count(grid.max)} ${unit}`} />
        )}
        <Fact name={p("grid.households")} value={count(grid.households)} />
        <Fact name={p("grid.atoms")} value={count(grid.atoms)} />
        {grid.staff != null && <Fact name={p("grid.staff")} value={count(grid.staff)} />}
        {grid.area_m2 != null && <Fact name={p("grid.area")} value={area(grid.area_m2)} />}
        {grid.compactness != null && <Fact name={p("grid.compactness")} value={grid.compactness.toFixed(2)} />}
        {grid.parent != null && <Fact name={p("grid.parent")} value={nameOf(grid.parent)} />}
      </dl>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What came and went against the map in force, counted from the atoms on screen. */
function Change({ grid }: { grid: PlanGrid }) {
  const board = s.board.value;
  if (!board) return null;
  let [into, out, households] = [0, 0, 0];
  board.shown.forEach((owner, i) => {
    const before = board.base[i];
    if (owner === before || (owner !== grid.id && before !== grid.id)) return;
    if (owner === grid.id) into++;
    else out++;
    households += board.households[i] ?? 0;
  });
  if (into + out === 0) return null;
  return (
    <div class="inspector-change">
      <h3>{p("diff.title")}</h3>
      <p>{p("diff.grid", { into: count(into), out: count(out), households: count(households) })}</p>
    </div>
  );
}

function ChosenGrids() {
  const ids = [...s.chosenGrids.value];
  const grids = ids.flatMap((id) => s.board.value?.grid(id) ?? []);
  const load = grids.reduce((sum, g) => sum + g.load, 0);
  const target = grids[0]?.target;
  return (
    <section class="chosen" aria-label={p("chosen.grids", { n: grids.length })}>
      <h3>{p("chosen.grids", { n: grids.length })}</h3>
      <p class="hint">
        {count(Math.round(load))}
        {target ? ` · ${percent(load / target)}` : ""}
      </p>
      <ul class="chips">
        {grids.map((g) => (
          <li key={g.id}>
            <button type="button" class="quiet" onClick={() => selectGrid(g.id, true)}>
              {g.name || g.code}
            </button>
          </li>
        ))}
      </ul>
      {s.editable.value && (
        <div class="buttons">
          <button type="button" class="primary" onClick={() => (s.dialog.value = { kind: "merge", grids: ids })}>
            {p("do.merge")}
          </button>
          <button type="button" class="tool" onClick={() => setLock(ids, true)}>
            {p("grid.lock")}
          </button>
        </div>
      )}
    </section>
  );
}
