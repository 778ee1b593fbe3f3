import type { GridItem } from "../api/types";
import { tOr } from "../i18n/text";
import { count } from "../i18n/units";
import { openGrid } from "../state/actions";
import { hovered, selectedGrid } from "../state/app";

interface Props {
  grids: readonly GridItem[];
  parents: ReadonlyMap<number, string>;
}

/** Grids under the name of their parent. Arrow keys walk through all of them. */
export function Rows({ grids, parents }: Props) {
  const groups = new Map<number | null, GridItem[]>();
  for (const grid of grids) {
    const parent = grid.parent ?? null;
    const group = groups.get(parent);
    if (group) group.push(grid);
    else groups.set(parent, [grid]);
  }
  return (
    <div class="rows" onKeyDown={walk}>
      {[...groups].map(([parent, members]) => (
        <section key={parent} aria-label={parent === null ? undefined : parents.get(parent)}>
          {parent !== null && parents.has(parent) && (
            <h2 class="rows-parent">
              {parents.get(parent)}
              <span>{count(members.length)}</span>
            </h2>
          )}
          <ul>
            {members.map((grid) => (
              <Row key={grid.id} grid={grid} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Row({ grid }: { grid: GridItem }) {
  const households = grid.counts?.households;
  const here = selectedGrid.value === grid.id;
  const light = (on: boolean): void => {
    hovered.value = on ? grid.id : null;
  };
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-current={here ? "true" : undefined}
        data-hover={hovered.value === grid.id ? "" : undefined}
        onClick={() => void openGrid(grid.id)}
        onMouseEnter={() => light(true)}
        onMouseLeave={() => light(false)}
        onFocus={() => light(true)}
        onBlur={() => light(false)}
      >
        <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
          <rect class={`swatch-${grid.colour}`} width="12" height="12" rx="3" />
        </svg>
        <span class="row-name">{grid.name || grid.code}</span>
        <span class="row-code mono">{grid.code}</span>
        <span class="row-count">
          {households != null && (
            <>
              {count(households)} <span class="row-unit">{tOr("count.households.unit", "")}</span>
            </>
          )}
        </span>
      </button>
    </li>
  );
}

function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(".row")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
  event.preventDefault();
}
