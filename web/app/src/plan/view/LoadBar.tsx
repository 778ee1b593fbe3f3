import type { PlanGrid } from "../api/types";
import { p } from "../i18n/text";
import { percentOf } from "../map/labels";
import { marks } from "../map/ramp";

const fullRatio = 1.75; // right end of the bar; the target stands at 1 / 1.75 of it

/** Workload against the target: length, mark and number say the same, colour only repeats it. */
export function LoadBar({ grid }: { grid: PlanGrid }) {
  const { ratio } = grid;
  const status = grid.status ?? "none";
  if (grid.masked) return <span class="load load-none">{p("load.masked")}</span>;
  if (ratio == null) return <span class="load load-none">{p("load.none")}</span>;
  const width = `${(Math.min(fullRatio, Math.max(0, ratio)) / fullRatio) * 100}%`;
  return (
    <span class={`load load-${status}`}>
      <span class="load-bar" aria-hidden="true">
        <span class="load-fill" style={{ width }} />
        <span class="load-target" style={{ left: `${100 / fullRatio}%` }} />
      </span>
      <span class="load-number">{percentOf(ratio)}</span>
      <LoadMark status={status} />
    </span>
  );
}

function LoadMark({ status }: { status: NonNullable<PlanGrid["status"]> }) {
  const text = status === "none" ? "" : p(`load.${status}`);
  return (
    <span class={`load-mark load-mark-${status}`} role="img" aria-label={text} title={text}>
      {marks[status]}
    </span>
  );
}
