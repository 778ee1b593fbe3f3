import type { Answer } from "../api/types";
import { t } from "../i18n/text";
import { distance, percent } from "../i18n/units";
import { openGrid } from "../state/actions";
import { hovered } from "../state/app";

const point = (id: number | null): void => {
  hovered.value = id;
};

/** Every grid that the accuracy circle touches, with its share as a bar and a number. */
export function Candidates({ answer }: { answer: Answer }) {
  const candidates = answer.candidates ?? [];
  if (candidates.length < 2) return null;
  return (
    <section class="candidates">
      <h3>{t("answer.candidates")}</h3>
      <ul>
        {candidates.map((c) => (
          <li key={c.id}>
            <button
              type="button"
              onMouseEnter={() => point(c.id)}
              onMouseLeave={() => point(null)}
              onFocus={() => point(c.id)}
              onBlur={() => point(null)}
              onClick={() => void openGrid(c.id)}
            >
              <span class="candidate-name">{c.name || c.code}</span>
              <span class="candidate-share">{percent(c.share)}</span>
              <progress max={1} value={c.share} aria-hidden="true" />
              <span class="candidate-code mono">{c.code}</span>
              <span class="candidate-distance">{c.distance_m > 0 ? distance(c.distance_m) : ""}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="hint">{t("answer.candidatesNote", { radius: distance(answer.accuracy_m) })}</p>
    </section>
  );
}
