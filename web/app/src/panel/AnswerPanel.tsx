import { Icon } from "../chrome/Icon";
import { t } from "../i18n/text";
import { askAgain, clearSelection } from "../state/actions";
import { online, type Selection, selection } from "../state/app";
import { Empty } from "./Empty";
import { GridView } from "./GridView";
import { PointView } from "./PointView";

/** The right panel: what is known about the point or grid asked for, or how to ask. */
export function AnswerPanel() {
  const s = selection.value;
  if (s.kind === "none") return <Empty />;
  return (
    <article class="answer" aria-busy={s.busy}>
      <button
        type="button"
        class="tool tool-icon answer-close"
        title={`${t("answer.close")} Esc`}
        aria-label={t("answer.close")}
        onClick={clearSelection}
      >
        <Icon name="close" />
      </button>
      <Content s={s} />
    </article>
  );
}

function Content({ s }: { s: Exclude<Selection, { kind: "none" }> }) {
  if (s.busy) return <Waiting />;
  if (s.problem) return <Failed text={s.problem.offline ? t("offline.title") : s.problem.message} />;
  if (s.kind === "grid") return s.detail ? <GridView grid={s.detail} /> : null;
  return s.answer ? <PointView answer={s.answer} query={s.query} detail={s.detail} /> : null;
}

function Waiting() {
  return (
    <div class="waiting">
      <p class="unseen">{t("answer.busy")}</p>
      <div class="bone bone-chip" />
      <div class="bone bone-title" />
      <div class="bone" />
      <div class="bone bone-card" />
      <div class="bone bone-card" />
    </div>
  );
}

function Failed({ text }: { text: string }) {
  return (
    <div class="failed">
      <h2>{t("answer.failed")}</h2>
      <p>{text}</p>
      <button type="button" class="primary" disabled={!online.value} onClick={askAgain}>
        {t("answer.again")}
      </button>
    </div>
  );
}
