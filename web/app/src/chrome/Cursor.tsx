import { t } from "../i18n/text";
import { degrees } from "../i18n/units";
import { cursor, zoom } from "../state/app";

/** Where the mouse is, and the zoom. It changes with every move, so it is a component of its own. */
export function Cursor() {
  const at = cursor.value;
  return (
    <span class="statusbar-cursor" aria-hidden="true">
      {at && `${degrees(at.lon)}, ${degrees(at.lat)}`}
      <span>{t("bar.zoom", { z: zoom.value.toFixed(1) })}</span>
    </span>
  );
}
