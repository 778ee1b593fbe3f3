import { useSignal } from "@preact/signals";
import { asOf, dayWithoutMap, isDay, nextMonth } from "../api/asof";
import { t } from "../i18n/text";
import { meta } from "../state/app";
import { dayWords, showDay } from "../state/day";

/** Opens the choice of a day; stands in the status bar. */
export function DayButton({ open }: { open: () => void }) {
  return (
    <button type="button" class="statusbar-day" onClick={open}>
      {t("day.choose")}
    </button>
  );
}

/** Says that the map is not that of now, and leads back; or asks for the day. */
export function Day({ asking, close }: { asking: boolean; close: () => void }) {
  const day = asOf.value;
  const missing = dayWithoutMap.value;
  if (!asking && day === "" && missing === "") return null;
  return (
    <div class="day" role="region" aria-label={t("day.choose")}>
      {day !== "" && (
        <strong class="day-what">
          {dayWords(day)}
          {meta.value && t("day.edition", { n: meta.value.edition })}
        </strong>
      )}
      {missing !== "" && !asking && day === "" && (
        <>
          <strong class="day-what" role="alert">
            {t("day.none", { day: missing })}
          </strong>
          <button type="button" class="tool" onClick={() => (dayWithoutMap.value = "")}>
            {t("day.close")}
          </button>
        </>
      )}
      {asking && <DayForm now={day} close={close} />}
      {day !== "" && (
        <button type="button" class="primary" onClick={() => void showDay("").then(close)}>
          {t("day.back")}
        </button>
      )}
    </div>
  );
}

function DayForm({ now, close }: { now: string; close: () => void }) {
  const chosen = useSignal(now === "" ? nextMonth() : now);
  const complaint = useSignal("");
  const busy = useSignal(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!isDay(chosen.value)) return;
    busy.value = true;
    complaint.value = await showDay(chosen.value);
    busy.value = false;
    if (complaint.value === "") close();
  };
  return (
    <form class="day-form" onSubmit={(event) => void send(event)}>
      <label>
        <span>{t("day.label")}</span>
        <input
          id="day-input"
          type="date"
          required
          value={chosen.value}
          onInput={(event) => (chosen.value = event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" disabled={busy.value}>
        {t("day.show")}
      </button>
      <button type="button" class="tool" onClick={close}>
        {t("day.cancel")}
      </button>
      {complaint.value && (
        <p class="complaint" role="alert">
          {complaint.value}
        </p>
      )}
    </form>
  );
}
