import { count, percent } from "../../i18n/units";
import type { Candidate, Measure } from "../api/proposals";
import { p } from "../i18n/text";
import { amount, movedWords } from "../state/measure";
import { scatter } from "../state/scatter";

const [width, height] = [272, 150];

interface Props {
  candidates: readonly Candidate[];
  by: Measure;
  picked: number | null;
  pick: (index: number) => void;
}

/** Moved households across, worst deviation up, length of border as size: better is left, low and small. */
export function Scatter({ candidates, by, picked, pick }: Props) {
  const dots = scatter(candidates, width, height);
  return (
    <figure class="scatter">
      <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label={p("prop.scatter", { moved: movedWords(by) })}>
        <path class="scatter-axes" d={`M34 8V${height - 22}H${width - 6}`} />
        <text x={width - 6} y={height - 6} text-anchor="end">
          {movedWords(by)} →
        </text>
        <text x="4" y="12">
          {p("prop.worst")} ↑
        </text>
        {dots.map(({ index, x, y, r, feasible }) => (
          <g key={index}>
            <circle
              class={`dot ${feasible ? "" : "dot-bad"} ${picked === index ? "dot-picked" : ""}`}
              cx={x}
              cy={y}
              r={r}
              tabIndex={0}
              role="button"
              aria-pressed={picked === index}
              aria-label={words(candidates.find((c) => c.index === index), by)}
              onClick={() => pick(index)}
              onKeyDown={(event) => {
                if (event.key === "Enter" || event.key === " ") {
                  event.preventDefault();
                  pick(index);
                }
              }}
            />
            <text class="dot-name" x={x} y={y + 4} text-anchor="middle" aria-hidden="true">
              {index + 1}
            </text>
          </g>
        ))}
      </svg>
      <figcaption class="hint">{p("prop.scatterHint")}</figcaption>
    </figure>
  );
}

const words = (c: Candidate | undefined, by: Measure): string =>
  c
    ? p("prop.dot", {
        n: c.index + 1,
        moved: `${movedWords(by)} ${amount(c.moved_households ?? 0, by)}`,
        worst: percent(c.worst_deviation ?? 0),
        border: count(Math.round(c.border_m ?? 0)),
      })
    : "";
