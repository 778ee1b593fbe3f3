import { useEffect } from "preact/hooks";
import { p } from "../i18n/text";
import type { Finding } from "../api/types";
import { showProblem } from "../state/edit";
import { askEngine, cancelFix, doFix, previewFix } from "../state/fixes";
import * as s from "../state/store";

/** What is wrong with the draft, worst first as the server lists it; each entry goes to its place and can be put right. */
export function Problems() {
  const found = s.problems.value;
  if (found.length === 0) return <p class="plan-none">{p("problems.none")}</p>;
  return (
    <div class="list">
      <p class="plan-summary">{p("problems.keys")}</p>
      <ol class="plan-problems">
        {found.map((problem, i) => (
          <li key={`${problem.kind}-${problem.message}-${i}`}>
            <button
              type="button"
              class={`problem problem-${problem.severity}`}
              aria-current={s.problemIndex.value === i ? "true" : undefined}
              onClick={() => showProblem(i)}
            >
              <span class="problem-kind">
                <span aria-hidden="true">{problem.severity === "error" ? "■" : "▲"}</span>{" "}
                {p(problem.severity === "error" ? "problems.error" : "problems.warning")}
              </span>
              <span class="problem-text">{problem.message}</span>
            </button>
            {s.problemIndex.value === i && <FixOf problem={problem} index={i} />}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What can be done about the problem in hand. */
function FixOf({ problem, index }: { problem: Finding; index: number }) {
  const { fix } = problem;
  useEffect(() => cancelFix, []); // a preview ends with the entry that it is about
  if (!fix) return null;
  const open = s.editable.value;
  const under = s.fixing.value === index;
  return (
    <div class="fix">
      <p>{fix.text}</p>
      {under && <p class="hint">{s.fixNote.value}</p>}
      {open && (
        <div class="buttons">
          {fix.wish && (
            <button type="button" class="primary" onClick={() => askEngine(index)}>
              {p("fix.ask")}
            </button>
          )}
          {fix.ops.length > 0 && !under && (
            <button type="button" class="primary" onClick={() => void previewFix(index)}>
              {p("fix.preview")}
            </button>
          )}
          {under && (
            <button type="button" class="primary" onClick={doFix}>
              {p("fix.do")}
            </button>
          )}
          {under && (
            <button type="button" class="tool" onClick={cancelFix}>
              {p("cancel")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
