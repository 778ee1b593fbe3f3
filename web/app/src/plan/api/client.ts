import type { Proposal, ProposalAsk } from "./proposals";
import { send } from "./request";
import type {
  ArcAnswer,
  BoardAnswer,
  Effects,
  Finding,
  LoggedOp,
  LonLat,
  Me,
  Op,
  OpsAnswer,
  Plan,
  PlanAction,
  PlanComment,
  PlanDiff,
  PlanEvent,
} from "./types";

const of = (id: number, rest = ""): string => `/v1/plans/${id}${rest}`;

export const getMe = (): Promise<Me> => send<Me>("GET", "/v1/me");

export const listPlans = async (): Promise<Plan[]> =>
  (await send<{ plans: Plan[] | null }>("GET", "/v1/plans")).plans ?? [];

interface NewPlan {
  name: string;
  network?: string;
  scope?: number[];
  note?: string;
}

export const createPlan = (plan: NewPlan): Promise<Plan> => send<Plan>("POST", "/v1/plans", plan);
export const revertTo = (edition: number, name: string): Promise<Plan> =>
  send<Plan>("POST", "/v1/plans/revert", { edition, name });

export const getPlan = (id: number): Promise<Plan> => send<Plan>("GET", of(id));

const atRev = (rev: number | null): string => (rev === null ? "" : `?rev=${rev}`);

/** A draft as it is, or as it was at a revision; so with problems and differences. */
export const getBoard = (id: number, rev: number | null): Promise<BoardAnswer> =>
  send<BoardAnswer>("GET", of(id, `/board${atRev(rev)}`));

/** What leads from one revision to another, later or earlier. */
export const getReplay = (id: number, from: number, to: number): Promise<{ rev: number; effects: Effects }> =>
  send("GET", of(id, `/replay?from=${from}&to=${to}`));

export const getOps = async (id: number, after: number): Promise<LoggedOp[]> =>
  (await send<{ ops: LoggedOp[] | null }>("GET", of(id, `/ops?after=${after}`))).ops ?? [];

export const postOps = (id: number, baseRev: number, ops: readonly Op[]): Promise<OpsAnswer> =>
  send<OpsAnswer>("POST", of(id, "/ops"), { base_rev: baseRev, crs: "wgs84", ops });

export const previewOps = (id: number, baseRev: number, ops: readonly Op[]): Promise<OpsAnswer> =>
  send<OpsAnswer>("POST", of(id, "/ops"), { base_rev: baseRev, crs: "wgs84", ops, preview: true });

export const postStep = (
  id: number,
  step: "undo" | "redo",
  body: { id: string; base_rev: number; target?: string },
): Promise<OpsAnswer> => send<OpsAnswer>("POST", of(id, `/${step}`), body);

export const getProblems = async (id: number, rev: number | null): Promise<Finding[]> =>
  (await send<{ problems: Finding[] | null }>("GET", of(id, `/problems${atRev(rev)}`))).problems ?? [];

export const getDiff = (id: number, rev: number | null): Promise<PlanDiff> =>
  send<PlanDiff>("GET", of(id, `/diff${atRev(rev)}`));

export const getArc = (id: number, [lon, lat]: LonLat, toleranceM: number, signal?: AbortSignal): Promise<ArcAnswer> =>
  send<ArcAnswer>("GET", of(id, `/arc?at=${lon},${lat}&crs=wgs84&tolerance_m=${toleranceM}`), undefined, signal);

export const rebasePlan = (id: number, baseRev: number, drop: string[]): Promise<Plan> =>
  send<Plan>("POST", of(id, "/rebase"), { base_rev: baseRev, drop });

export const patchPlan = (id: number, body: { effective_at?: string; name?: string; note?: string }): Promise<Plan> =>
  send<Plan>("PATCH", of(id), body);

/** What some steps take beside a note: force in spite of errors, the last day of a public notice. */
export interface StepMore {
  force?: boolean;
  until?: string;
}

export const act = (
  id: number,
  action: PlanAction,
  body: StepMore & { rev: number; note?: string; effective_at?: string },
): Promise<Plan> => send<Plan>("POST", of(id, `/${action}`), body);

export const getHistory = async (id: number): Promise<PlanEvent[]> =>
  (await send<{ events: PlanEvent[] | null }>("GET", of(id, "/history"))).events ?? [];

export const getComments = async (id: number): Promise<PlanComment[]> =>
  (await send<{ comments: PlanComment[] | null }>("GET", of(id, "/comments"))).comments ?? [];

export const postComment = (
  id: number,
  body: { text: string; point?: LonLat; crs?: "wgs84"; grid?: number },
): Promise<PlanComment> => send<PlanComment>("POST", of(id, "/comments"), body);

/** How to reach those of the public who spoke: personal data; the server notes who asks. */
export const getContacts = async (id: number): Promise<{ comment: number; contact: string }[]> =>
  (await send<{ contacts: { comment: number; contact: string }[] | null }>("GET", of(id, "/contacts"))).contacts ?? [];

export const settleComment = (id: number, comment: number): Promise<unknown> =>
  send("POST", of(id, `/comments/${comment}/settle`), {});

export const askProposal = (id: number, ask: ProposalAsk): Promise<{ id: string | number }> =>
  send("POST", of(id, "/proposals"), ask);
export const listProposals = async (id: number): Promise<Proposal[]> =>
  (await send<{ proposals: Proposal[] | null }>("GET", of(id, "/proposals"))).proposals ?? [];
export const getProposal = (id: number, pid: string | number): Promise<Proposal> =>
  send<Proposal>("GET", of(id, `/proposals/${pid}`));
export const cancelProposal = (id: number, pid: string | number): Promise<unknown> =>
  send("DELETE", of(id, `/proposals/${pid}`));

export const eventsUrl = (id: number, rev: number): string => of(id, `/events?since=${rev}`);
export const tileJsonUrl = (id: number): string => `/tiles/plans/${id}.json`;
