import { useSignal } from "@preact/signals";
import type { Crs } from "../api/types";
import { Icon } from "../chrome/Icon";
import { type OrderBy, type Parsed, parseCoordinate, swapped } from "../coord/parse";
import { type Key, t } from "../i18n/text";
import { degrees } from "../i18n/units";
import { ask } from "../state/actions";
import { meta, spoken } from "../state/app";
import { CrsChoice } from "./CrsChoice";

const largestAccuracyM = 100_000;

const doubts: Partial<Record<OrderBy, Key>> = {
  latlon: "coord.order.latlon",
  guess: "coord.order.guess",
  bounds: "coord.order.bounds",
};

/** "粘贴坐标": any common way of writing a point, with the frame said aloud and every doubt shown before asking. */
export function CoordForm() {
  const text = useSignal("");
  const flipped = useSignal(false);
  const crs = useSignal<Crs | null>(null);
  const accuracy = useSignal("");
  const complaint = useSignal<{ key: Key; field: "text" | "crs" | "accuracy" } | null>(null);

  const read = parseCoordinate(text.value, meta.value?.bounds);
  const point = read.ok && flipped.value ? swapped(read) : read;

  const submit = (event: Event): void => {
    event.preventDefault();
    const accuracyM = accuracy.value.trim() === "" ? 0 : Number(accuracy.value);
    if (!point.ok) complaint.value = { key: `coord.bad.${point.reason}`, field: "text" };
    else if (!crs.value) complaint.value = { key: "coord.bad.crs", field: "crs" };
    else if (!(accuracyM >= 0 && accuracyM <= largestAccuracyM))
      complaint.value = { key: "coord.bad.accuracy", field: "accuracy" };
    else {
      complaint.value = null;
      void ask({ lon: point.lon, lat: point.lat, crs: crs.value, ...(accuracyM ? { accuracyM } : {}) }, true);
      return;
    }
    spoken.value = t(complaint.value.key);
  };

  const wrong = complaint.value;
  return (
    <form class="coord" noValidate onSubmit={submit}>
      <div class="field">
        <label for="coord-text">{t("coord.text")}</label>
        <input
          id="coord-text"
          class="mono"
          type="text"
          autocomplete="off"
          spellcheck={false}
          placeholder={t("coord.placeholder")}
          value={text.value}
          aria-invalid={wrong?.field === "text"}
          aria-describedby="coord-hint coord-read"
          onInput={(event) => {
            text.value = event.currentTarget.value;
            flipped.value = false;
            complaint.value = null;
          }}
        />
        <p id="coord-hint" class="hint">
          {t("coord.hint")}
        </p>
        <div id="coord-read" aria-live="polite">
          {point.ok && <Reading point={point} flip={() => (flipped.value = !flipped.value)} flipped={flipped.value} />}
        </div>
      </div>
      <CrsChoice
        value={crs.value}
        choices={meta.value?.crs ?? ["wgs84", "cgcs2000", "gcj02", "bd09"]}
        invalid={wrong?.field === "crs"}
        choose={(value) => {
          crs.value = value;
          complaint.value = null;
        }}
      />
      <div class="field">
        <label for="coord-accuracy">{t("coord.accuracy")}</label>
        <input
          id="coord-accuracy"
          class="mono short"
          type="text"
          inputMode="decimal"
          autocomplete="off"
          value={accuracy.value}
          aria-invalid={wrong?.field === "accuracy"}
          aria-describedby="coord-accuracy-hint"
          onInput={(event) => {
            accuracy.value = event.currentTarget.value;
            complaint.value = null;
          }}
        />
        <p id="coord-accuracy-hint" class="hint">
          {t("coord.accuracyHint")}
        </p>
      </div>
      {wrong && (
        <p class="complaint" role="alert">
          <Icon name="warn" />
          {t(wrong.key)}
        </p>
      )}
      <button type="submit" class="primary">
        <Icon name="pin" />
        {t("coord.go")}
      </button>
    </form>
  );
}

function Reading({ point, flip, flipped }: { point: Parsed; flip: () => void; flipped: boolean }) {
  const doubt = flipped ? undefined : doubts[point.orderBy];
  return (
    <div class={`reading${point.ambiguous && doubt ? " reading-doubt" : ""}`}>
      <span class="mono">{t("coord.read", { lon: degrees(point.lon), lat: degrees(point.lat) })}</span>
      {doubt && <span>{t(doubt)}</span>}
      {point.ambiguous && (
        <button type="button" class="quiet" onClick={flip}>
          {t("coord.swap")}
        </button>
      )}
    </div>
  );
}
