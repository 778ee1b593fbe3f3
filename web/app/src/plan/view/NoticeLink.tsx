import type { PlanAction } from "../api/types";
import { p } from "../i18n/text";
import { when } from "../i18n/when";
import * as s from "../state/store";

/** The page that everybody sees while the plan is announced. */
export function NoticeLink() {
  const plan = s.plan.value;
  if (plan?.state !== "announced") return null;
  return (
    <a class="notice-link" href={`/notices/${plan.id}`} target="_blank" rel="noopener">
      {p("notice.page")}
    </a>
  );
}

/** How long the public notice runs, and how many spoke: to be seen before publishing. */
export function NoticeCount({ of }: { of: PlanAction }) {
  const plan = s.plan.value;
  if (plan?.state !== "announced" || (of !== "publish" && of !== "prolong")) return null;
  const said = s.comments.value.filter((comment) => comment.public);
  const open = said.filter((comment) => !comment.settled_by).length;
  const ends = plan.notice_until ? new Date(plan.notice_until) : null;
  return (
    <div class="notice-count">
      {ends && <p>{p(ends.getTime() > Date.now() ? "notice.runs" : "notice.over", { day: when(ends.toISOString()) })}</p>}
      <p class={open > 0 ? "complaint" : ""}>{p("notice.said", { n: said.length, open })}</p>
      <NoticeLink />
    </div>
  );
}
