import { Cursor } from "./Cursor";
import { DayButton } from "./Day";
import { editionWords } from "../i18n/edition";
import { t } from "../i18n/text";
import { meta } from "../state/app";

/** Source, map-review number and edition: they must be readable wherever the map is. */
export function StatusBar({ chooseDay }: { chooseDay: () => void }) {
  const m = meta.value;
  return (
    <footer class="statusbar">
      <span class="statusbar-source">
        {m?.source_line}
        {m?.map_review_no && <span class="statusbar-review">{t("attr.review", { no: m.map_review_no })}</span>}
      </span>
      {m && <span>{editionWords(m.edition, m.data_date)}</span>}
      <DayButton open={chooseDay} />
      <a class="statusbar-plans" href="#/plans">
        {t("bar.plans")}
      </a>
      <Cursor />
    </footer>
  );
}
