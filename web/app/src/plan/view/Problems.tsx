import { p } from "../i18n/text";
import { showProblem } from "../state/edit";
import * as s from "../state/store";

/** What is wrong with the draft, worst first as the server lists it; each entry goes to its place. */
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
          </li>
        ))}
      </ol>
    </div>
  );
}
