import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { listGrids } from "../api/client";
import { ApiProblem } from "../api/problem";
import type { GridItem, GridPage, Level } from "../api/types";
import { t } from "../i18n/text";
import { count } from "../i18n/units";
import { meta, network, online, shownLevel } from "../state/app";
import { Rows } from "./Rows";

const pageSize = 200;
const pauseMs = 160;

/** Every grid of a level as a list: what the map shows, for the keyboard and for screen readers. */
export function GridList() {
  const q = useSignal("");
  const limit = useSignal(pageSize);
  const page = useSignal<GridPage | null>(null);
  const parents = useSignal<ReadonlyMap<number, string>>(new Map());
  const trouble = useSignal("");
  const chosen = useSignal<number | null>(null);
  const running = useRef<AbortController>(null);

  const levels = network.value.levels;
  const level = levels.find((l) => l.rank === chosen.value) ?? shownLevel.value;
  const edition = meta.value?.edition;

  useEffect(() => {
    if (!level) return;
    const timer = setTimeout(() => void load(level), page.value ? pauseMs : 0);
    return () => clearTimeout(timer);
  }, [level?.code, q.value, limit.value, edition, online.value]);

  const load = async (of: Level): Promise<void> => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    const net = network.peek().code;
    const above = levels[levels.indexOf(of) - 1];
    try {
      const [found, over] = await Promise.all([
        listGrids({ network: net, level: of.code, q: q.peek().trim(), limit: limit.peek() }, mine.signal),
        above ? listGrids({ network: net, level: above.code, limit: 1000 }, mine.signal) : null,
      ]);
      parents.value = new Map((over?.grids ?? []).map((g: GridItem) => [g.id, g.name]));
      page.value = { grids: found.grids ?? [], total: found.total };
      trouble.value = "";
    } catch (cause) {
      if (mine.signal.aborted) return;
      if (cause instanceof ApiProblem && cause.offline) online.value = false;
      trouble.value = cause instanceof ApiProblem && !cause.offline ? cause.message : t("offline.title");
    }
  };

  const found = page.value;
  return (
    <div class="list">
      <div class="list-head">
        {levels.length > 1 && (
          <fieldset class="segmented">
            <legend class="unseen">{t("list.level")}</legend>
            {levels.map((l) => (
              <label key={l.rank}>
                <input
                  type="radio"
                  name="list-level"
                  checked={l.rank === level?.rank}
                  onChange={() => {
                    chosen.value = l.rank;
                    limit.value = pageSize;
                  }}
                />
                <span>{l.name}</span>
              </label>
            ))}
          </fieldset>
        )}
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
        <p class="list-count" role="status">
          {found && level && t("list.count", { n: count(found.total), level: level.name })}
        </p>
      </div>
      {trouble.value && <p class="complaint">{t("list.failed", { why: trouble.value })}</p>}
      {found?.total === 0 && <p class="hint list-none">{t("list.none")}</p>}
      {found && <Rows grids={found.grids} parents={parents.value} />}
      {found && found.grids.length < found.total && (
        <button type="button" class="quiet list-more" onClick={() => (limit.value += pageSize)}>
          {t("list.more")} · {t("list.shown", { shown: count(found.grids.length), n: count(found.total) })}
        </button>
      )}
    </div>
  );
}
