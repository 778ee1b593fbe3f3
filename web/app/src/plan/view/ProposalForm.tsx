import { useSignal } from "@preact/signals";
import type { Measure, ProposalTask } from "../api/proposals";
import { p } from "../i18n/text";
import { nameOf } from "../state/edit";
import { weights } from "../state/ask";
import { counted } from "../state/measure";
import { propose } from "../state/propose";
import * as s from "../state/store";

const tasks: readonly ProposalTask[] = ["balance", "relieve", "split", "dissolve", "first_plan"];
const needsGrid = (task: ProposalTask): boolean => task === "split" || task === "dissolve";

/** What to ask the engine: the task, the ground it may touch, and what weighs how much. */
export function ProposalForm() {
  const task = useSignal<ProposalTask>("balance");
  const by = useSignal<Measure>(counted() ? "" : "area");
  const scope = useSignal("chosen");
  const tolerance = useSignal(20);
  const pieces = useSignal(2);
  const candidates = useSignal(3);
  const balance = useSignal(5);
  const walk = useSignal(0);
  const few = useSignal(0);
  const busy = useSignal(false);
  const grid = s.selectedGrid.value;
  const parents = [...(s.board.value?.grids.values() ?? [])].filter((g) => !g.leaf && !g.retired);
  const chosen = [...s.chosenGrids.value];

  const missing = lacking(needsGrid(task.value), scope.value === "chosen");
  const scoped = (): number[] => {
    if (scope.value === "all") return [];
    if (scope.value === "chosen") return chosen;
    return [Number(scope.value)];
  };
  const go = async (): Promise<void> => {
    const grids = scoped();
    busy.value = true;
    const one = needsGrid(task.value);
    const counted = task.value === "split" || task.value === "first_plan";
    await propose({
      task: task.value,
      ...(by.value ? { by: by.value } : {}),
      tolerance: tolerance.value / 100,
      candidates: candidates.value,
      seed: 1,
      weights: weights({ balance: balance.value, walk: walk.value, few: few.value }),
      ...(one && grid !== null ? { grid } : {}),
      ...(counted ? { count: pieces.value } : {}),
      ...(one || grids.length === 0 ? {} : { grids }),
    });
    busy.value = false;
  };
  return (
    <form
      class="proposal-form"
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <label class="field">
        <span>{p("prop.task")}</span>
        <select value={task.value} onChange={(event) => (task.value = event.currentTarget.value as ProposalTask)}>
          {tasks.map((t) => (
            <option key={t} value={t}>
              {p(`prop.task.${t}`)}
            </option>
          ))}
        </select>
      </label>
      {needsGrid(task.value) ? (
        grid !== null && <p class="hint">{p("prop.forGrid", { name: nameOf(grid) })}</p>
      ) : (
        <label class="field">
          <span>{p("prop.scope")}</span>
          <select value={scope.value} onChange={(event) => (scope.value = event.currentTarget.value)}>
            <option value="chosen">{p("prop.scopeChosen", { n: chosen.length })}</option>
            {parents.map((g) => (
              <option key={g.id} value={String(g.id)}>
                {g.name}
              </option>
            ))}
            <option value="all">{p("prop.scopeAll")}</option>
          </select>
        </label>
      )}
      <MeasureChoice by={by.value} set={(value) => (by.value = value)} />
      <div class="proposal-numbers">
        <Amount label={p("prop.tolerance")} value={tolerance.value} min={2} max={60} set={(v) => (tolerance.value = v)} />
        <Amount label={p("prop.candidates")} value={candidates.value} min={1} max={8} set={(v) => (candidates.value = v)} />
        {(task.value === "split" || task.value === "first_plan") && (
          <Amount label={p("prop.pieces")} value={pieces.value} min={2} max={60} set={(v) => (pieces.value = v)} />
        )}
      </div>
      <fieldset class="wishes">
        <legend>{p("prop.wishes")}</legend>
        <Slider label={p("prop.balance")} value={balance.value} set={(v) => (balance.value = v)} />
        <Slider label={p("prop.walk")} hint={p("prop.walkHint")} value={walk.value} set={(v) => (walk.value = v)} />
        <Slider label={p("prop.few")} hint={p("prop.fewHint")} value={few.value} set={(v) => (few.value = v)} />
      </fieldset>
      <button
        type="submit"
        class="primary"
        disabled={busy.value || missing !== ""}
      >
        {p(busy.value ? "prop.running" : "prop.run")}
      </button>
      {missing !== "" && <p class="hint">{missing}</p>}
    </form>
  );
}

/** By what grids are made alike. Without counts only the ground and the number of atoms can be weighed: that is said. */
function MeasureChoice({ by, set }: { by: Measure; set: (by: Measure) => void }) {
  const known = counted();
  return (
    <>
      <label class="field">
        <span>{p("prop.by")}</span>
        <select id="proposal-by" value={by} onChange={(event) => set(event.currentTarget.value as Measure)}>
          <option value="">{p("prop.byLoad")}</option>
          <option value="area">{p("prop.byArea")}</option>
          <option value="atoms">{p("prop.byAtoms")}</option>
        </select>
      </label>
      {!known && (
        <p class="hint" id="proposal-uncounted">
          {p("prop.uncounted")} <a href="#/import">{p("plans.import")}</a>
        </p>
      )}
    </>
  );
}

/** What must be chosen first, in words; "" when nothing is missing. */
function lacking(one: boolean, chosen: boolean): string {
  if (one) return s.selectedGrid.value === null ? p("prop.pickGrid") : "";
  return chosen && s.chosenGrids.value.size < 2 ? p("prop.chooseTwo") : "";
}

/** How much something weighs, 0 to 10; 0 leaves it out. */
function Slider(props: { label: string; hint?: string; value: number; set: (value: number) => void }) {
  return (
    <label class="wish" title={props.hint}>
      <span>{props.label}</span>
      <input
        type="range"
        min="0"
        max="10"
        value={props.value}
        aria-valuetext={props.value === 0 ? p("prop.wishOff") : String(props.value)}
        onInput={(event) => props.set(Number(event.currentTarget.value))}
      />
      <output>{props.value === 0 ? p("prop.wishOff") : props.value}</output>
    </label>
  );
}

function Amount(props: { label: string; value: number; min: number; max: number; set: (value: number) => void }) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        type="number"
        min={props.min}
        max={props.max}
        value={props.value}
        onInput={(event) => props.set(Number(event.currentTarget.value))}
      />
    </label>
  );
}
