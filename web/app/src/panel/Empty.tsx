import { Icon, type IconName } from "../chrome/Icon";
import { t } from "../i18n/text";
import { count } from "../i18n/units";
import { meta, network } from "../state/app";

/** Before the first question: how to ask, and what there is to ask about. */
export function Empty() {
  const m = meta.value;
  if (m?.networks.length === 0) return <FirstDay />;
  return (
    <div class="empty">
      <svg class="empty-picture" viewBox="0 0 220 130" aria-hidden="true">
        <path class="swatch-0" d="M10 24l58-12 16 40-30 22-44-8z" />
        <path class="swatch-1" d="M68 12l66 2 6 36-56 2z" />
        <path class="swatch-2" d="M134 14l72 12-8 42-58-18z" />
        <path class="swatch-3" d="M10 66l44 8 8 44-46-6z" />
        <path class="swatch-5" d="M54 74l30-22 56-2-4 50-74 18z" />
        <path class="swatch-4" d="M140 50l58 18-6 44-56-12z" />
        <circle class="legend-accuracy" cx="103" cy="82" r="17" />
        <circle class="legend-point" cx="103" cy="82" r="6" />
      </svg>
      <h2>{t("empty.title")}</h2>
      <ul>
        <Way icon="pin" text={t("empty.click")} />
        <Way icon="paste" text={t("empty.paste")} />
        <Way icon="search" text={t("empty.search")} />
      </ul>
      {m && (
        <section class="holdings" aria-label={t("empty.have")}>
          {network.value.levels.map((level, i) => (
            <Holding key={level.rank} n={network.value.grids[i] ?? 0} text={level.name} />
          ))}
          <Holding n={m.atoms} text={t("empty.atoms")} />
          <Holding n={m.places} text={t("empty.places")} />
        </section>
      )}
    </div>
  );
}

function Way({ icon, text }: { icon: IconName; text: string }) {
  return (
    <li>
      <Icon name={icon} />
      {text}
    </li>
  );
}

function Holding({ n, text }: { n: number; text: string }) {
  if (!n) return null;
  return (
    <p>
      <strong>{count(n)}</strong>
      {text}
    </p>
  );
}

/** What to do with a map that nothing was imported into yet. */
function FirstDay() {
  return (
    <div class="empty first-day">
      <h2>{t("first.title")}</h2>
      <p>{t("first.lead")}</p>
      <ol>
        <li>{t("first.account")}</li>
        <li>{t("first.import")}</li>
        <li>{t("first.look")}</li>
      </ol>
      <a class="primary" id="first-import" href="#/import">
        {t("first.go")}
      </a>
    </div>
  );
}
