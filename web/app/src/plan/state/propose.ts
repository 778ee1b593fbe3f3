import * as api from "../api/client";
import type { Candidate, Proposal, ProposalAsk } from "../api/proposals";
import { p } from "../i18n/text";
import { complain, words } from "./say";
import { draw } from "./screen";
import { submit } from "./session";
import * as s from "./store";

const pollMs = 700;
let watching = 0;

/** Loads what the engine was asked before; those still running are watched on. */
export async function loadProposals(): Promise<void> {
  const plan = s.plan.value;
  if (!plan) return;
  try {
    s.proposals.value = await api.listProposals(plan.id);
    const running = s.proposals.value.find((proposal) => isRunning(proposal));
    if (running) await watch(plan.id, running.id);
  } catch {
    // none to show; asking for one says why
  }
}

/** Asks the engine, and watches it until it is done. */
export async function propose(ask: ProposalAsk): Promise<void> {
  const plan = s.plan.value;
  if (!plan) return;
  try {
    const { id } = await api.askProposal(plan.id, ask);
    await watch(plan.id, id);
  } catch (cause) {
    complain(words(cause));
  }
}

/** While the engine is at it a candidate is what was best so far, and may be another in a moment. */
export const isRunning = ({ state }: Proposal): boolean => state === "running" || state === "queued";

async function watch(plan: number, id: string | number): Promise<void> {
  const mine = ++watching;
  for (;;) {
    const proposal = await api.getProposal(plan, id);
    if (s.plan.value?.id !== plan) return;
    keep(proposal);
    if (!isRunning(proposal) || mine !== watching) return;
    await new Promise((done) => setTimeout(done, pollMs));
  }
}

function keep(proposal: Proposal): void {
  const others = s.proposals.value.filter((known) => String(known.id) !== String(proposal.id));
  s.proposals.value = [proposal, ...others];
}

/** Loads what the list leaves out: the candidates with their moves. */
export async function loadProposal(id: string | number): Promise<void> {
  const plan = s.plan.value;
  if (!plan) return;
  try {
    keep(await api.getProposal(plan.id, id));
  } catch (cause) {
    complain(words(cause));
  }
}

export async function cancel(id: string | number): Promise<void> {
  const plan = s.plan.value;
  if (!plan) return;
  try {
    await api.cancelProposal(plan.id, id);
    await loadProposal(id);
  } catch (cause) {
    complain(words(cause));
  }
}

/** Shows on the map what a candidate would move; null shows the draft again. */
export function lookThrough(candidate: Candidate | null): void {
  draw(...(candidate?.moves ?? []).map(({ to, atoms }) => ({ kind: "reassign_atoms" as const, atoms, to })));
}

/** Puts a candidate into the draft, or only what it does to some grids. */
export function apply(proposal: Proposal, candidate: Candidate, grids: readonly number[]): void {
  draw();
  submit({
    kind: "apply_proposal",
    proposal: String(proposal.id),
    candidate: candidate.index,
    ...(grids.length > 0 ? { grids: [...grids] } : {}),
  });
  s.hint.value = p("prop.applied");
}
