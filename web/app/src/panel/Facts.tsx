import type { Answer, GridDetail } from "../api/types";
import { editionWords } from "../i18n/edition";
import { t, tOr } from "../i18n/text";
import { area, count, distance } from "../i18n/units";
import { openGrid } from "../state/actions";

/** Label and value; a row without a value is left out. */
type Row = readonly [label: string, value: string | null | undefined, look?: "mono"];

export function Facts({ rows }: { rows: readonly Row[] }) {
  return (
    <dl class="facts">
      {rows
        .filter(([, value]) => value)
        .map(([label, value, look]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class={look}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** The grid in figures. A count that is null exists but is too small to publish. */
export function Counts({ grid }: { grid: GridDetail }) {
  const counted = Object.entries(grid.counts ?? {});
  return (
    <section class="counts" aria-label={t("answer.facts")}>
      {counted.map(([name, n]) => (
        <Figure
          key={name}
          label={tOr(`count.${name}`, name)}
          value={n === null ? "—" : count(n)}
          title={n === null ? t("answer.suppressed") : undefined}
        />
      ))}
      {grid.children > 0 && <Figure label={t("answer.children")} value={count(grid.children)} />}
      {grid.atoms > 0 && <Figure label={t("answer.atoms")} value={count(grid.atoms)} />}
      <Figure label={t("answer.area")} value={area(grid.area_m2)} />
    </section>
  );
}

function Figure({ label, value, title }: { label: string; value: string; title?: string | undefined }) {
  return (
    <p class="figure" title={title}>
      <strong>{value}</strong>
      <span>{label}</span>
    </p>
  );
}

/** How far the nearest border is and who is on the other side: that is whom to ask when the border is in doubt. */
export function Border({ border, outside }: { border: Answer["nearest_border"]; outside: boolean }) {
  if (!border || outside) return null;
  const { across } = border;
  return (
    <p class="border-note">
      <span class="border-distance">
        {t("answer.border")} <strong>{distance(border.distance_m)}</strong>
      </span>
      {across ? (
        <>
          {t("answer.across")}
          <button type="button" class="quiet" onClick={() => void openGrid(across.id)}>
            {across.name || across.code}
          </button>
        </>
      ) : (
        t("answer.acrossNone")
      )}
    </p>
  );
}

export function Provenance({ edition, dataDate }: { edition: number; dataDate: string }) {
  return <p class="provenance">{editionWords(edition, dataDate)}</p>;
}
