import { useSignal } from "@preact/signals";
import type { Level } from "../api/types";
import { shortName, t } from "../i18n/text";
import { count } from "../i18n/units";
import { network, shownLevel } from "../state/app";
import { Rows } from "./Rows";
import { useGridPage } from "./useGridPage";

const pageSize = 200;

/** Every grid of a level as a list: what the map shows, for the keyboard and for screen readers. */
export function GridList() {
  const q = useSignal("");
  const limit = useSignal(pageSize);
  const chosen = useSignal<number | null>(null);
  const levels = network.value.levels;
  const level = levels.find((l) => l.rank === chosen.value) ?? shownLevel.value;
  const { page, parents, trouble } = useGridPage(level, q.value, limit.value);
  const found = page.value;

  const chooseLevel = (rank: number): void => {
    chosen.value = rank;
    limit.value = pageSize;
  };

  if (levels.length === 0) return <p class="hint list-none">{t("map.empty")}</p>;
  return (
    <div class="list">
      <div class="list-head">
        {levels.length > 1 && <Levels levels={levels} current={level?.rank} choose={chooseLevel} />}
        <p class="list-count" role="status">
          {found && level && t("list.count", { n: count(found.total), level: shortName(level.name) })}
        </p>
        <input
          id="list-filter"
          type="search"
          autocomplete="off"
          aria-label={t("list.filter")}
          placeholder={t("list.filter")}
          value={q.value}
          onInput={(event) => {
            q.value = event.currentTarget.value;
            limit.value = pageSize;
          }}
        />
      </div>
      {trouble.value && <p class="complaint">{t("list.failed", { why: trouble.value })}</p>}
      {found?.total === 0 && <p class="hint list-none">{t("list.none")}</p>}
      {found && <Rows grids={found.grids} parents={parents.value} />}
      {found && found.grids.length < found.total && (
        <button
          type="button"
          class="quiet list-more"
          onClick={() => {
            limit.value += pageSize;
          }}
        >
          {t("list.more")} · {t("list.shown", { shown: count(found.grids.length), n: count(found.total) })}
        </button>
      )}
    </div>
  );
}

function Levels(props: { levels: readonly Level[]; current: number | undefined; choose: (rank: number) => void }) {
  return (
    <fieldset class="segmented">
      <legend class="unseen">{t("list.level")}</legend>
      {props.levels.map(({ rank, name }) => (
        <label key={rank}>
          <input type="radio" name="list-level" checked={rank === props.current} onChange={() => props.choose(rank)} />
          <span>{shortName(name)}</span>
        </label>
      ))}
    </fieldset>
  );
}
