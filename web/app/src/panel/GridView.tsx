import type { GridDetail } from "../api/types";
import { pathOf } from "../i18n/sentences";
import { t } from "../i18n/text";
import { meta } from "../state/app";
import { Actions } from "./Actions";
import { Chain } from "./Chain";
import { Counts, Provenance } from "./Facts";
import { Hotline } from "./Hotline";

/** One grid, opened from the list, the search or a chain. */
export function GridView({ grid }: { grid: GridDetail }) {
  const above = grid.chain.slice(0, -1);
  return (
    <>
      <header class="verdict">
        <p class="chip">
          <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
            <rect class={`swatch-${grid.colour}`} width="12" height="12" rx="3" />
          </svg>
          {grid.level.name}
        </p>
        {above.length > 0 && <p class="verdict-path">{pathOf(above)}</p>}
        <h2 id="answer-name">{grid.name || grid.code}</h2>
        <p class="verdict-code">
          <span class="mono">{grid.code}</span>
          <span>{grid.type_name}</span>
        </p>
      </header>
      <Counts grid={grid} />
      <Chain title={t("answer.who")} chain={grid.chain} />
      <Hotline />
      <Actions json={() => grid} gridId={grid.id} jsonUrl={`/v1/grids/${grid.id}`} />
      {meta.value && <Provenance edition={meta.value.edition} dataDate={meta.value.data_date} />}
    </>
  );
}
