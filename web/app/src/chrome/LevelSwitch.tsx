import { shortName, t } from "../i18n/text";
import { levelChoice, network, shownLevel } from "../state/app";

/** Which level the map fills: chosen by the zoom, or fixed. */
export function LevelSwitch() {
  const choice = levelChoice.value;
  const levels = network.value.levels;
  if (!levels.length) return null;
  return (
    <fieldset class="segmented level-switch">
      <legend class="unseen">{t("level.label")}</legend>
      <Choice checked={choice === "auto"} value="auto" title={t("level.autoTitle")}>
        {t("level.auto")}
        {choice === "auto" && shownLevel.value && <span class="level-now">{shortName(shownLevel.value.name)}</span>}
      </Choice>
      {levels.map((level) => (
        <Choice key={level.rank} title={level.name} checked={choice === level.rank} value={level.rank}>
          {shortName(level.name)}
        </Choice>
      ))}
    </fieldset>
  );
}

function Choice(props: {
  checked: boolean;
  value: number | "auto";
  title?: string;
  children: preact.ComponentChildren;
}) {
  return (
    <label title={props.title}>
      <input
        type="radio"
        name="level"
        checked={props.checked}
        onChange={() => {
          levelChoice.value = props.value;
        }}
      />
      <span>{props.children}</span>
    </label>
  );
}
