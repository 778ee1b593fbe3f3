import { p, pOr } from "../i18n/text";
import { heatAnswer } from "../state/under";

/** What the shades of the heat mean, in numbers. */
export function HeatLegend() {
  const answer = heatAnswer.value;
  if (!answer) return null;
  const { breaks, least, measure, hidden_cells } = answer;
  const from = [Math.max(1, least), ...breaks];
  return (
    <div class="heat-legend">
      <strong>{p("heat.title", { what: pOr(`count.${measure}`, measure) })}</strong>
      <ul>
        {from.map((low, i) => {
          const next = from[i + 1];
          return (
            <li key={low}>
              <span class={`heat-${i}`} aria-hidden="true" />
              {next === undefined ? `≥ ${low}` : next - 1 > low ? `${low}–${next - 1}` : low}
            </li>
          );
        })}
      </ul>
      {least > 1 && hidden_cells > 0 && <small>{p("heat.hidden", { n: hidden_cells, k: least })}</small>}
    </div>
  );
}
