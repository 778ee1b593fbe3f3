import { meta } from "../../state/app";
import type { Import, Report } from "../api/types";
import { count, w, wOr } from "../i18n/text";
import { acceptNow, forget } from "../state/actions";
import * as s from "../state/store";
import { FileLine, Onward } from "./parts";
import { Working } from "./Working";

/** The last look before the map changes, and what became of it. */
export function LastStep() {
  const it = s.item.value;
  if (!it) return null;
  if (it.state === "done") return <Done it={it} />;
  if (s.running.value) return <Working what={w("check.importing")} />;
  return s.report.value ? <Confirm report={s.report.value} /> : null;
}

const networkName = (code: string): string =>
  meta.value?.networks.find((n) => n.code === code)?.name ?? (code === "main" ? w("confirm.newMain") : w("confirm.new", { code }));

function Confirm({ report }: { report: Report }) {
  const may = s.me.value?.can.import === true;
  const warnings = report.kinds.reduce((n, k) => n + (k.severity === "warning" ? k.count : 0), 0);
  const me = s.me.value;
  return (
    <>
      <FileLine />
      <section class="wizard-card wizard-confirm" aria-labelledby="confirm-title">
        <h3 id="confirm-title">{w("confirm.title")}</h3>
        <dl>
          <dt>{w("confirm.what")}</dt>
          <dd>
            {w(`as.${report.as}`)} · {w("file.rows", { n: count(report.rows_accepted) })}
            {report.crs ? ` · ${wOr(`crs.${report.crs}`, report.crs)}（${report.crs_from ?? w("crs.chosen")}）` : ""}
          </dd>
          {report.as !== "places" && (
            <>
              <dt>{w("confirm.into")}</dt>
              <dd>{[networkName(report.network), report.level].filter(Boolean).join(" · ")}</dd>
            </>
          )}
          <dt>{w("confirm.change")}</dt>
          <dd>
            {w("confirm.changes", { created: count(report.created), updated: count(report.updated), unchanged: count(report.unchanged) })}
          </dd>
        </dl>
        {report.rows_rejected > 0 && <p class="wizard-ask">{w("confirm.left", { n: count(report.rows_rejected) })}</p>}
        {warnings > 0 && <p class="wizard-ask">{w("confirm.warnings", { n: count(warnings) })}</p>}
        {may ? (
          <>
            <label class="wizard-field">
              <span>{w("confirm.when")}</span>
              <input
                type="date"
                id="valid-from"
                aria-describedby="when-hint"
                value={s.validFrom.value}
                onInput={(event) => (s.validFrom.value = event.currentTarget.value)}
              />
            </label>
            <p class="hint" id="when-hint">
              {w("confirm.whenHint")}
            </p>
            <p class="hint">{w("confirm.audit", { who: me ? me.title || me.name : "" })}</p>
          </>
        ) : (
          <p class="wizard-ask" id="not-you">
            {w("confirm.notYou")}
          </p>
        )}
      </section>
      <Onward back={4}>
        {may && (
          <button type="button" class="primary" id="accept" disabled={s.busy.value} onClick={() => void acceptNow()}>
            {w("confirm.go")}
          </button>
        )}
      </Onward>
    </>
  );
}

function Done({ it }: { it: Import }) {
  const r = it.result;
  const later = s.validFrom.value !== "" && Date.parse(s.validFrom.value) > Date.now();
  return (
    <section class="wizard-card wizard-verdict verdict-good wizard-done">
      <h3 id="done-title">{w("done.title")}</h3>
      {r && (
        <p>
          {r.edition > 0 ? w("done.edition", { n: r.edition }) : w("done.same")} ·{" "}
          {w("confirm.changes", { created: count(r.created), updated: count(r.updated), unchanged: count(r.unchanged) })}
        </p>
      )}
      {later && <p>{w("done.later", { date: s.validFrom.value })}</p>}
      <p class="hint">{w("done.checkNext")}</p>
      <div class="wizard-onward">
        <button type="button" class="tool" onClick={() => void forget()}>
          {w("done.another")}
        </button>
        <a class="tool" href="#/plans">
          {w("done.plan")}
        </a>
        <a class="primary" id="see-map" href="#">
          {w("done.map")}
        </a>
      </div>
    </section>
  );
}
