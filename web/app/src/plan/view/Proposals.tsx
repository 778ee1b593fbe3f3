import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { count } from "../../i18n/units";
import type { Proposal } from "../api/proposals";
import { p } from "../i18n/text";
import { when } from "../i18n/when";
import { merits } from "../state/merits";
import { cancel, isRunning, loadProposal, loadProposals, lookThrough } from "../state/propose";
import * as s from "../state/store";
import { CandidateCard } from "./CandidateCard";
import { ProposalForm } from "./ProposalForm";
import { Scatter } from "./Scatter";

/** What the engine offers: the form that asks it, its progress, and the candidates to choose from. */
export function Proposals() {
  useEffect(() => {
    void loadProposals();
    return () => lookThrough(null);
  }, []);
  return (
    <div class="list proposals">
      {s.editable.value && <ProposalForm />}
      {s.proposals.value.length === 0 && <p class="plan-none">{p("prop.none")}</p>}
      {s.proposals.value.map((proposal, i) => (
        <ProposalView key={proposal.id} proposal={proposal} first={i === 0} />
      ))}
    </div>
  );
}

function ProposalView({ proposal, first }: { proposal: Proposal; first: boolean }) {
  const picked = useSignal<number | null>(null);
  const { state, stale } = proposal;
  const candidates = proposal.candidates ?? [];
  const choose = (index: number): void => {
    picked.value = picked.value === index ? null : index;
    lookThrough(candidates.find((c) => c.index === picked.value) ?? null);
  };
  const shown = candidates.find((c) => c.index === picked.value);
  useEffect(() => {
    if (shown) lookThrough(shown); // a better one may have come in its place
  }, [shown]);
  return (
    <details class="proposal" open={first}>
      <summary>
        {proposal.wish ? p(`prop.task.${proposal.wish.task}`) : p("tab.proposals")}{" "}
        <span class="proposal-when">{proposal.at ? when(proposal.at) : ""}</span>
        <span class="tag">{p(`prop.state.${state}`)}</span>
        {stale && <span class="tag tag-warn">{p("prop.stale")}</span>}
      </summary>
      {isRunning(proposal) && <Running proposal={proposal} />}
      {candidates.length > 1 && <Scatter candidates={candidates} by={proposal.wish?.by ?? ""} picked={picked.value} pick={choose} />}
      {candidates.map((candidate) => (
        <CandidateCard
          key={candidate.index}
          proposal={proposal}
          candidate={candidate}
          best={merits(candidate, candidates)}
          picked={picked.value === candidate.index}
          pick={() => choose(candidate.index)}
        />
      ))}
      {state === "done" && candidates.length === 0 && (
        <p class="hint">
          {p("prop.noCandidates")}{" "}
          <button type="button" class="quiet" onClick={() => void loadProposal(proposal.id)}>
            {p("again")}
          </button>
        </p>
      )}
      {state === "failed" && <p class="complaint">{proposal.fault ?? p("prop.failed")}</p>}
    </details>
  );
}

function Running({ proposal: { id, progress } }: { proposal: Proposal }) {
  const done = progress && progress.total > 0 ? progress.done / progress.total : 0;
  return (
    <div class="progress">
      <progress max={1} value={done} aria-label={p("prop.progress")} />
      <span>{progress ? `${count(progress.done)} / ${count(progress.total)}` : ""}</span>
      <button type="button" class="tool" onClick={() => void cancel(id)}>
        {p("cancel")}
      </button>
    </div>
  );
}
