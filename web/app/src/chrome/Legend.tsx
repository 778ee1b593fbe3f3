import { useState } from "preact/hooks";
import { shortName, t } from "../i18n/text";
import { network } from "../state/app";

const roomyPx = 1440; // below this an open legend would hide part of the map at the start

/** What the lines and marks of the map mean; class names carry the same colours as the map. */
export function Legend({ looks }: { looks: ReadonlyMap<number, string> }) {
  const [open, setOpen] = useState(innerWidth >= roomyPx);
  return (
    <details class="legend" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("legend.title")}</summary>
      <ul>
        <li>
          <svg viewBox="0 0 34 14" aria-hidden="true">
            {[0, 1, 2, 3, 4, 5].map((colour) => (
              <rect key={colour} class={`swatch-${colour}`} x={colour * 5.67} width="5.67" height="14" />
            ))}
          </svg>
          {t("legend.fill")}
        </li>
        {network.value.levels.map((level) => (
          <Row
            key={level.rank}
            mark={`look-${looks.get(level.rank) ?? "grid"}`}
            text={t("legend.border", { level: shortName(level.name) })}
          />
        ))}
        <Row mark="atoms" text={t("legend.atoms")} />
        <li>
          <svg viewBox="0 0 34 14" aria-hidden="true">
            <circle class="legend-accuracy" cx="17" cy="7" r="6.500" />
            <circle class="legend-point" cx="17" cy="7" r="3" />
          </svg>
          {t("legend.point")}
        </li>
        <Row mark="nearest" text={t("legend.nearest")} />
      </ul>
    </details>
  );
}

function Row({ mark, text }: { mark: string; text: string }) {
  return (
    <li>
      <svg viewBox="0 0 34 14" aria-hidden="true">
        <path class={`legend-line legend-${mark}`} d="M1 10L11 4l11 5L33 5" />
      </svg>
      {text}
    </li>
  );
}
