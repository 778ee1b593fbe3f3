import { t } from "../i18n/text";
import { meta, online } from "../state/app";

export function Offline() {
  if (online.value) return null;
  return (
    <div class="offline" role="alert">
      <span class="spinner" aria-hidden="true" />
      <strong>{t("offline.title")}</strong>
      {meta.value && <span>{t("offline.body")}</span>}
    </div>
  );
}
