import { Icon } from "../chrome/Icon";
import { t } from "../i18n/text";
import { meta } from "../state/app";
import { dialable } from "./phone";

/** The last resort: an answer always ends in somebody who can be reached. */
export function Hotline() {
  const number = meta.value?.hotline ?? "";
  const href = dialable(number);
  if (!href) return null;
  return (
    <p class="hotline">
      <span>{t("answer.hotline")}</span>
      <a href={href}>
        <Icon name="phone" />
        {number}
      </a>
    </p>
  );
}
