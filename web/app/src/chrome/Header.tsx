import { t } from "../i18n/text";
import { Search } from "../search/Search";
import { helpOpen, meta } from "../state/app";
import { lang, themeChoice, toggleTheme } from "../state/prefs";
import { Icon } from "./Icon";

const themeIcons = { system: "auto", light: "sun", dark: "moon" } as const;

export function Header() {
  const themeText = t(`theme.${themeChoice.value}`);
  return (
    <header class="header">
      <h1 class="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span class="brand-name">{t("app.name")}</span>
        <span class="brand-title">{meta.value?.title ?? t("app.tagline")}</span>
      </h1>
      <Search />
      <div class="header-tools">
        <button
          type="button"
          class="tool"
          lang={lang.value === "zh" ? "en" : "zh-CN"}
          aria-label={`${t("lang.switch")} (${t("lang.label")})`}
          onClick={() => {
            lang.value = lang.value === "zh" ? "en" : "zh";
          }}
        >
          {t("lang.switch")}
        </button>
        <button type="button" class="tool tool-icon" title={themeText} aria-label={themeText} onClick={toggleTheme}>
          <Icon name={themeIcons[themeChoice.value]} />
        </button>
        <button
          type="button"
          class="tool tool-icon tool-help"
          title={`${t("help.open")} ?`}
          aria-label={t("help.open")}
          onClick={() => {
            helpOpen.value = true;
          }}
        >
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
}
