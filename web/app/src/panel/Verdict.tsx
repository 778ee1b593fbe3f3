import type { Answer } from "../api/types";
import { Icon, type IconName } from "../chrome/Icon";
import { likeliest, pathOf } from "../i18n/sentences";
import { type Key, listed, shortName, t } from "../i18n/text";
import { distance } from "../i18n/units";

const looks: Record<Answer["status"], { icon: IconName; text: Key; tone: string }> = {
  inside: { icon: "check", text: "status.inside", tone: "good" },
  near_border: { icon: "warn", text: "status.near", tone: "doubt" },
  outside: { icon: "out", text: "status.outside", tone: "bad" },
};

/** The head of an answer: a chip that says how sure it is, the grid's name, and what is certain in words. */
export function Verdict({ answer }: { answer: Answer }) {
  const { icon, text, tone } = looks[answer.status];
  const chain = answer.chain ?? [];
  const leaf = chain.at(-1);
  return (
    <header class={`verdict verdict-${tone}`}>
      <p class="chip">
        <Icon name={icon} />
        {t(text)}
      </p>
      {leaf && answer.status !== "outside" && (
        <>
          <p class="verdict-path">{pathOf(chain.slice(0, -1))}</p>
          <h2 id="answer-name">{leaf.name || leaf.code}</h2>
          <p class="verdict-code">
            <span class="mono">{leaf.code}</span>
            <span>{leaf.type_name}</span>
          </p>
        </>
      )}
      <Reason answer={answer} />
    </header>
  );
}

function Reason({ answer }: { answer: Answer }) {
  if (answer.status === "outside") return <Outside answer={answer} />;
  if (answer.status === "inside") return null;
  const chain = answer.chain ?? [];
  const certain = chain.find((link) => link.level.rank === answer.certain_level?.rank);
  const names = likeliest(answer);
  return (
    <p class="verdict-reason">
      {names.length > 0 && <>{t("status.maybe", { names: listed(names) })}。</>}
      <br />
      <strong>
        {certain
          ? t("status.certainTo", { level: shortName(certain.level.name), name: certain.name })
          : t("status.uncertainAll")}
      </strong>
    </p>
  );
}

function Outside({ answer }: { answer: Answer }) {
  const nearest = answer.nearest?.chain.at(-1);
  if (!nearest || !answer.nearest) return <p class="verdict-reason">{t("status.outsideBare")}</p>;
  return (
    <p class="verdict-reason">
      {t("status.nearest", { name: nearest.name, distance: distance(answer.nearest.distance_m) })}
    </p>
  );
}
