import { p } from "../i18n/text";
import { planHash, previewHash } from "../route";
import { dayless } from "../state/firstday";
import * as s from "../state/store";
import { holdsOn } from "../state/workflow";

/** Says which day's map this is, and whether the draft is in it; leads back. */
export function PreviewBar() {
  const plan = s.plan.value;
  const day = s.previewDay.value;
  if (!plan) return null;
  const held = holdsOn(plan, day);
  const none = !held && dayless.value?.day === day ? dayless.value : null;
  return (
    <section class="replay preview" aria-label={p("preview.title")}>
      <p class="replay-what" role="status">
        <b>{p("preview.at", { day })}</b>{" "}
        {held ? p("preview.with", { name: plan.name, n: plan.rev }) : p(none ? "preview.none" : "preview.without")}
        {held && plan.stale_base && ` ${p("preview.stale")}`}
      </p>
      <div class="replay-tools">
        {none && none.first !== "" && (
          <a class="tool replay-leave" id="preview-first" href={previewHash(plan.id, none.first)}>
            {p("preview.first", { day: none.first })}
          </a>
        )}
        <button type="button" class="tool" onClick={() => (s.dialog.value = { kind: "preview" })}>
          {p("preview.other")}
        </button>
        <a class="primary replay-leave" href={planHash(plan.id)}>
          {p("replay.leave")}
        </a>
      </div>
    </section>
  );
}
