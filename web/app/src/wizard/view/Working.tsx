import { count, w } from "../i18n/text";
import * as s from "../state/store";

/** How far a job is, and the way to stop it. */
export function Working({ what, stop }: { what: string; stop?: () => void }) {
  const it = s.item.value;
  if (!it) return null;
  const known = it.total > 0 && it.state !== "queued";
  return (
    <section class="wizard-card wizard-progress" role="status">
      <p>
        <strong>{it.state === "queued" ? w("check.queued") : what}</strong>
        {it.stage ? ` · ${it.stage}` : ""}
        {known && <span class="mono"> {w("check.of", { done: count(it.done), total: count(it.total) })}</span>}
      </p>
      <progress max={1} aria-label={what} {...(known ? { value: Math.min(1, it.done / it.total) } : {})} />
      {stop && (
        <button type="button" class="tool" id="stop-check" onClick={stop}>
          {w("cancel")}
        </button>
      )}
    </section>
  );
}
