import type { ArcAnswer, LonLat } from "../api/types";
import { p } from "../i18n/text";
import { nameOf } from "../state/edit";
import * as s from "../state/store";
import { deletePoint, insertPoint, movePoint } from "../tools/border";

const stepM = 1;
const bigStepM = 5;
const metresPerDegree = 111_195;

/** The points of the border in hand, for the keyboard: arrows nudge by a metre, Insert and Delete do what they say. */
export function ArcPanel({ arc }: { arc: ArcAnswer }) {
  const last = arc.arc.length - 1;
  const press = (event: KeyboardEvent, i: number): void => {
    const at = arc.arc[i];
    const by = nudge(event);
    if (!at || !s.editable.value) return;
    if (event.key === "Delete") deletePoint(arc, i);
    else if (event.key === "Insert" && i > 0) insertPoint(arc, i);
    else if (by) movePoint(arc, i, moved(at, by));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section class="chosen" aria-label={p("arc.title")}>
      <h3>{p("arc.title")}</h3>
      <p>
        {arc.left_grid === arc.right_grid
          ? p("arc.inner", { name: nameOf(arc.left_grid) })
          : `${nameOf(arc.left_grid)} ⟷ ${nameOf(arc.right_grid)}`}
      </p>
      <p class="hint">{p("arc.keys")}</p>
      <label class="check">
        <input type="checkbox" checked={s.snapping.value} onChange={() => (s.snapping.value = !s.snapping.value)} />
        {p("arc.snap")}
      </label>
      <ol class="arc-points">
        {arc.arc.map((at, i) => (
          <li key={i}>
            <button
              type="button"
              class="mono"
              aria-pressed={s.arcPoint.value === i}
              onClick={() => (s.arcPoint.value = i)}
              onFocus={() => (s.arcPoint.value = i)}
              onKeyDown={(event) => press(event, i)}
            >
              <span class="unseen">{p(i === 0 || i === last ? "arc.node" : "arc.vertex", { n: i + 1 })} </span>
              <span aria-hidden="true">{i === 0 || i === last ? "◆" : "●"}</span> {at[0].toFixed(5)}, {at[1].toFixed(5)}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function nudge(event: KeyboardEvent): [east: number, north: number] | null {
  const size = event.shiftKey ? bigStepM : stepM;
  const ways: Record<string, [number, number]> = {
    ArrowUp: [0, size],
    ArrowDown: [0, -size],
    ArrowLeft: [-size, 0],
    ArrowRight: [size, 0],
  };
  return ways[event.key] ?? null;
}

function moved([lon, lat]: LonLat, [east, north]: [number, number]): LonLat {
  const cos = Math.cos((lat * Math.PI) / 180);
  return [
    Number((lon + east / (metresPerDegree * cos)).toFixed(7)),
    Number((lat + north / metresPerDegree).toFixed(7)),
  ];
}
