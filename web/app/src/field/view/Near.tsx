import type { PlanComment } from "../../plan/api/types";
import { lang } from "../../state/prefs";
import { f } from "../i18n/text";
import { goal } from "../map/FieldMap";
import { byDistance } from "../state/near";
import * as w from "../state/walk";

const most = 60;

/** What others saw, the nearest first. */
export function Near() {
  const list = byDistance(w.comments.value, w.place.value?.at ?? null);
  const open = list.filter(({ comment }) => !comment.settled_by).length;
  return (
    <section class="near" aria-labelledby="near-title">
      <h2 id="near-title">{f("near.title", { n: open })}</h2>
      {list.length === 0 && <p class="hint">{f("near.none")}</p>}
      <ul>
        {list.slice(0, most).map(({ comment, awayM }) => (
          <Item key={comment.id} comment={comment} awayM={awayM} />
        ))}
      </ul>
    </section>
  );
}

const moment = (iso: string): string =>
  new Date(iso).toLocaleString(lang.value === "zh" ? "zh-CN" : "en-GB", {
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });

function Item({ comment, awayM }: { comment: PlanComment; awayM: number | null }) {
  const { point, photo } = comment;
  const who = comment.public ? f("near.crowd") : comment.actor;
  return (
    <li class={comment.settled_by ? "near-settled" : ""}>
      {photo && (
        <a href={photo} target="_blank" rel="noopener">
          <img src={photo} width="84" height="84" loading="lazy" alt={f("near.photo", { who })} />
        </a>
      )}
      <div>
        <p class="near-text">{comment.text}</p>
        <p class="hint">
          {who} · {moment(comment.at)}
          {awayM !== null && ` · ${f("near.away", { m: Math.round(awayM) })}`}
          {comment.public && <span class="walk-tag">{f("near.public")}</span>}
          {comment.settled_by && <span class="walk-tag">{f("near.settled")}</span>}
        </p>
        {point && (
          <button type="button" class="walk-link" onClick={() => (goal.value = [...point])}>
            {f("near.show")}
          </button>
        )}
      </div>
    </li>
  );
}
