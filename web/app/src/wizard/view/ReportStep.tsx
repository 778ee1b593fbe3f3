import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import * as api from "../api/client";
import type { Finding, FindingKind, Report } from "../api/types";
import { count, w } from "../i18n/text";
import { WizardMap } from "../map/WizardMap";
import { startCheck, stopCheck } from "../state/actions";
import * as s from "../state/store";
import { FindingList, nameOf, Sign } from "./FindingList";
import { FileLine, Onward } from "./parts";
import { Working } from "./Working";

/** What the check found: counts, kinds, a list beside a map. */
export function ReportStep() {
  const report = s.report.value;
  if (s.running.value) return <Working what={w("check.running")} stop={() => void stopCheck()} />;
  if (report) return <Found key={report.number} report={report} />;
  return (
    <>
      <FileLine />
      {s.item.value?.fault && (
        <section class="wizard-card wizard-verdict verdict-bad" role="alert">
          <h3>{w("check.failed")}</h3>
          <p>{s.item.value.fault}</p>
        </section>
      )}
      <Onward back={3}>
        <button type="button" class="primary" disabled={s.busy.value} onClick={() => void startCheck()}>
          {w("again")}
        </button>
      </Onward>
    </>
  );
}

const of = (report: Report, severity: string): number =>
  report.kinds.reduce((n, k) => n + (k.severity === severity ? k.count : 0), 0);

function Found({ report }: { report: Report }) {
  const filter = useSignal("");
  const picked = useSignal<Finding | null>(null);
  const [outlines, setOutlines] = useState<GeoJSON.FeatureCollection | null>(null);
  const id = s.item.value?.id ?? "";
  useEffect(() => {
    api.getOutlines(id).then(setOutlines, () => setOutlines(null)); // the list says the same
  }, [id]);
  const listed = useMemo(
    () => report.findings.filter((f) => filter.value === "" || `${f.severity} ${f.kind}` === filter.value),
    [report, filter.value],
  );
  const pick = (n: number): void => {
    const f = report.findings.find((one) => one.n === n) ?? null;
    if (f && !listed.includes(f)) filter.value = "";
    picked.value = f;
    requestAnimationFrame(() => document.getElementById(`finding-${n}`)?.scrollIntoView({ block: "nearest" }));
  };
  return (
    <>
      <FileLine />
      <Verdict report={report} />
      <div class="wizard-report">
        <div class="wizard-found">
          <Kinds report={report} filter={filter.value} choose={(k) => (filter.value = k)} />
          <FindingList report={report} listed={listed} picked={picked.value} pick={pick} />
        </div>
        <div class="wizard-seen">
          <WizardMap incoming={outlines} findings={listed} picked={picked.value} pick={pick} />
          {report.outlines.drawn < report.outlines.rows && (
            <p class="hint">{w("report.drawn", { drawn: count(report.outlines.drawn), rows: count(report.outlines.rows) })}</p>
          )}
        </div>
      </div>
      <Onward back={3} {...(report.refusal ? { why: w("report.refused") } : {})}>
        <a class="tool" href={api.tableUrl(id)} download>
          {w("report.download")}
        </a>
        <button type="button" class="primary" id="to-confirm" disabled={Boolean(report.refusal)} onClick={() => (s.step.value = 5)}>
          {w("next")}
        </button>
      </Onward>
    </>
  );
}

function Verdict({ report }: { report: Report }) {
  const errors = of(report, "error");
  const warnings = of(report, "warning");
  const numbers: [string, number][] = [
    [w("report.read"), report.rows_read],
    [w("report.accepted"), report.rows_accepted],
    [w("report.rejected"), report.rows_rejected],
    [w("report.created"), report.created],
    [w("report.updated"), report.updated],
    [w("report.unchanged"), report.unchanged],
  ];
  return (
    <section class={`wizard-card wizard-verdict ${report.refusal ? "verdict-bad" : warnings > 0 ? "verdict-doubt" : "verdict-good"}`}>
      <h3 id="verdict">{report.refusal ? w("report.refused") : w("report.ok")}</h3>
      <p>
        {errors + warnings === 0
          ? w("report.clean")
          : [errors ? w("report.errors", { n: count(errors) }) : "", warnings ? w("report.warnings", { n: count(warnings) }) : ""]
              .filter(Boolean)
              .join(" · ")}
      </p>
      {s.item.value?.fault && <p role="alert">{s.item.value.fault}</p>}
      {report.refusal && <p class="wizard-refusal">{report.refusal}</p>}
      <Fixes report={report} />
      <dl class="wizard-numbers">
        {numbers.map(([name, n]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count(n)}</dd>
          </div>
        ))}
      </dl>
      {report.notes.length > 0 && (
        <details class="wizard-details">
          <summary>{w("notes")}</summary>
          <ul class="wizard-notes">
            {report.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

const curable: Record<string, s.Option> = { "swapped-axes": "fix_swapped", "duplicate-code": "merge_parts", "no-parent": "make_parents" };

/** What can be done about errors without touching the file. */
function Fixes({ report }: { report: Report }) {
  const found = new Set(report.kinds.filter((k) => k.severity === "error").map((k) => k.kind));
  const cures = [...found].flatMap((k) => (curable[k] && !s.options.value[curable[k]] ? [curable[k]] : []));
  const partial = found.size > 0 && report.rows_accepted > 0 && !s.options.value.accept_partial;
  if (cures.length === 0 && !partial) return null;
  const check = (option: s.Option): void => {
    s.options.value = { ...s.options.value, [option]: true };
    void startCheck();
  };
  return (
    <div class="wizard-fixes" role="group" aria-label={w("report.fix")}>
      <span>{w("report.fix")}</span>
      {cures.map((option) => (
        <button key={option} type="button" class="tool" onClick={() => check(option)}>
          {w(`option.${option}`).split(/[：:]/u)[0]}
        </button>
      ))}
      {partial && (
        <button type="button" class="tool" id="only-sound" onClick={() => check("accept_partial")}>
          {w("report.fixPartial", { n: count(report.rows_accepted) })}
        </button>
      )}
    </div>
  );
}

function Kinds({ report, filter, choose }: { report: Report; filter: string; choose: (kind: string) => void }) {
  if (report.kinds.length === 0) return null;
  const one = (key: string, k: FindingKind | null) => (
    <button key={key} type="button" class={`wizard-kind ${k ? `kind-${k.severity}` : ""}`} aria-pressed={filter === key} onClick={() => choose(key)}>
      {k && <Sign severity={k.severity} />}
      <span>{k ? nameOf(k) : w("report.all")}</span>
      <b>{count(k ? k.count : report.total)}</b>
    </button>
  );
  return (
    <div class="wizard-kind-list" role="group" aria-label={w("report.kinds")}>
      {one("", null)}
      {report.kinds.map((k) => one(`${k.severity} ${k.kind}`, k))}
    </div>
  );
}
