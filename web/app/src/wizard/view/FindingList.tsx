import { useSignal } from "@preact/signals";
import { lang } from "../../state/prefs";
import type { Finding, FindingKind, Report } from "../api/types";
import { count, w } from "../i18n/text";

export const nameOf = (k: FindingKind): string => (lang.value === "zh" ? k.name : k.name_en);

/** A sign for a severity, so that it shows without colour. */
export function Sign({ severity }: { severity: Finding["severity"] }) {
  const sign = { error: "✕", warning: "▲", note: "●" }[severity];
  return (
    <span class={`wizard-sign sign-${severity}`}>
      <span aria-hidden="true">{sign}</span>
      <span class="unseen">{w(`severity.${severity}`)}</span>
    </span>
  );
}

const pageRows = 100;

interface ListProps {
  report: Report;
  listed: readonly Finding[];
  picked: Finding | null;
  pick: (n: number) => void;
}

/** The findings of a kind, or all; one that has a place shows it when pressed. */
export function FindingList({ report, listed, picked, pick }: ListProps) {
  const most = useSignal(pageRows);
  const kinds = new Map(report.kinds.map((k) => [`${k.severity} ${k.kind}`, k]));
  const at = picked ? listed.indexOf(picked) : -1;
  const shown = listed.slice(0, Math.max(most.value, at + 1));
  if (listed.length === 0) return <p class="hint wizard-empty">{report.kinds.length === 0 ? w("report.clean") : w("report.none")}</p>;
  return (
    <div class="wizard-list" tabIndex={0} role="region" aria-label={w("report.findings")}>
      <ol>
        {shown.map((f) => (
          <li key={f.n} id={`finding-${f.n}`}>
            <Row finding={f} kind={kinds.get(`${f.severity} ${f.kind}`)} chosen={picked === f} pick={pick} />
          </li>
        ))}
      </ol>
      {shown.length < listed.length && (
        <button type="button" class="tool" onClick={() => (most.value = shown.length + pageRows)}>
          {w("report.more", { n: Math.min(pageRows, listed.length - shown.length) })}
        </button>
      )}
      {report.findings.length < report.total && (
        <p class="hint">{w("report.cut", { n: count(report.findings.length), total: count(report.total) })}</p>
      )}
    </div>
  );
}

interface RowProps {
  finding: Finding;
  kind: FindingKind | undefined;
  chosen: boolean;
  pick: (n: number) => void;
}

function Row({ finding: f, kind, chosen, pick }: RowProps) {
  const advice = lang.value === "zh" ? kind?.do : kind?.do_en;
  const where = [f.rows.length > 0 ? w("report.row", { n: f.rows.slice(0, 6).join("、") }) : "", f.codes.slice(0, 4).join("、")].filter(Boolean);
  return (
    <button type="button" class="wizard-finding" aria-pressed={chosen} disabled={!f.at} onClick={() => pick(f.n)}>
      <Sign severity={f.severity} />
      <span class="finding-body">
        <span class="finding-head">
          <strong>{kind ? nameOf(kind) : f.kind}</strong>
          <span class="hint">
            {where.join(" · ")}
            {f.at ? "" : ` · ${w("report.noPlace")}`}
          </span>
        </span>
        <span>{f.message}</span>
        {advice && f.severity !== "note" && (
          <span class="hint">
            {w("report.do")}
            {advice}
          </span>
        )}
      </span>
    </button>
  );
}
