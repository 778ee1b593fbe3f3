import { useSignal } from "@preact/signals";
import { count } from "../../i18n/units";
import type { PlanGrid } from "../api/types";
import { p } from "../i18n/text";
import { selectGrid, setLock, toggleGrid } from "../state/edit";
import { type Sorting, sorted, summary } from "../state/lists";
import * as s from "../state/store";
import { PlanIcon } from "./Icon";
import { LoadBar } from "./LoadBar";
import { Swatch } from "./Swatch";

const pageSize = 150;
const sortings: readonly Sorting[] = ["code", "over", "under", "changed"];

/** Every grid of the draft with its workload: what the map shows, for the keyboard and for screen readers. */
export function GridRows() {
  const q = useSignal("");
  const sorting = useSignal<Sorting>("code");
  const shown = useSignal(pageSize);
  const all = s.leaves.value;
  const { over, under, spread } = summary(all);
  const rows = sorted(all, sorting.value, q.value.trim());
  return (
    <div class="list">
      <p class="plan-summary">
        <span class="load-mark-over">▲</span> <strong class="load-mark-over">{count(over)}</strong> {p("load.over")}{" "}
        <span class="load-mark-under">▼</span> <strong class="load-mark-under">{count(under)}</strong> {p("load.under")}
        {spread !== null && ` · ${p("load.spread", { n: spread.toFixed(3) })}`}
      </p>
      <div class="plan-filter">
        <input
          id="plan-filter"
          type="search"
          autocomplete="off"
          aria-label={p("grids.filter")}
          placeholder={p("grids.filter")}
          value={q.value}
          onInput={(event) => {
            q.value = event.currentTarget.value;
            shown.value = pageSize;
          }}
        />
        <select
          aria-label={p("grids.sort")}
          value={sorting.value}
          onChange={(event) => {
            sorting.value = event.currentTarget.value as Sorting;
          }}
        >
          {sortings.map((by) => (
            <option key={by} value={by}>
              {p(`grids.sort.${by}`)}
            </option>
          ))}
        </select>
      </div>
      {rows.length === 0 && <p class="hint list-none">{p("grids.none")}</p>}
      <ul class="plan-rows" onKeyDown={walk}>
        {rows.slice(0, shown.value).map((grid) => (
          <Row key={grid.id} grid={grid} />
        ))}
      </ul>
      {rows.length > shown.value && (
        <button type="button" class="quiet list-more" onClick={() => (shown.value += pageSize)}>
          {p("grids.more", { n: count(rows.length - shown.value) })}
        </button>
      )}
    </div>
  );
}

function Row({ grid }: { grid: PlanGrid }) {
  const name = grid.name || grid.code;
  const lock = p(grid.locked ? "grid.unlock" : "grid.lock");
  const chosen = s.chosenGrids.value.has(grid.id);
  return (
    <li class="plan-row-line" data-hover={s.hoveredGrid.value === grid.id ? "" : undefined}>
      <button
        type="button"
        class="plan-row"
        aria-current={s.selectedGrid.value === grid.id ? "true" : undefined}
        aria-pressed={chosen}
        title={`${name} ${grid.code}`}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey) toggleGrid(grid.id);
          else selectGrid(grid.id, true);
        }}
        onMouseEnter={() => (s.hoveredGrid.value = grid.id)}
        onMouseLeave={() => (s.hoveredGrid.value = null)}
      >
        <Swatch colour={grid.colour} />
        <span class="plan-row-name">
          {name}
          {grid.new && <span class="tag tag-new">{p("grid.new")}</span>}
          {grid.changed && !grid.new && <span class="tag">{p("grid.changed")}</span>}
        </span>
        <LoadBar grid={grid} />
      </button>
      <button
        type="button"
        class={`plan-lock ${grid.locked ? "plan-lock-on" : ""}`}
        aria-label={`${lock} ${name}`}
        title={lock}
        disabled={!s.editable.value}
        onClick={() => setLock([grid.id], !grid.locked)}
      >
        <PlanIcon name={grid.locked ? "lock" : "unlock"} />
      </button>
    </li>
  );
}

function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(".plan-row")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
  event.preventDefault();
}
