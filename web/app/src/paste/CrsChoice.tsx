import type { Crs } from "../api/types";
import { t, tOr } from "../i18n/text";

interface Props {
  value: Crs | null;
  choices: readonly Crs[];
  invalid: boolean;
  choose: (crs: Crs) => void;
}

/** No choice is made beforehand: a wrong guess would be a wrong grid, silently. */
export function CrsChoice({ value, choices, invalid, choose }: Props) {
  return (
    <fieldset class={`crs${invalid ? " crs-invalid" : ""}`} aria-describedby="crs-why">
      <legend>{t("coord.crs")}</legend>
      <div class="crs-choices">
        {choices.map((crs) => (
          <label key={crs}>
            <input type="radio" name="crs" value={crs} checked={crs === value} onChange={() => choose(crs)} />
            <span class="crs-name">{tOr(`crs.${crs}`, crs)}</span>
            <span class="crs-from">{tOr(`crs.${crs}.from`, "")}</span>
          </label>
        ))}
      </div>
      <p id="crs-why" class="hint">
        {t("coord.crsWhy")}
      </p>
    </fieldset>
  );
}
