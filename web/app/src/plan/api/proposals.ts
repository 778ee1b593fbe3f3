// Proposals of the engine: what is asked, what comes back.

export type ProposalTask = "balance" | "relieve" | "split" | "dissolve" | "first_plan";

/** What atoms weigh: "" is the sizing profile, by households mostly. */
export type Measure = "" | "area" | "atoms";

export interface ProposalAsk {
  task: ProposalTask;
  by?: "area" | "atoms";
  tolerance?: number;
  grid?: number;
  grids?: number[];
  count?: number;
  seed?: number;
  candidates?: number;
  weights?: { border_per_m?: number; arterial?: number; balance?: number; walk_per_km?: number; touched_grid?: number };
}

interface Obstacle {
  message: string;
  grid?: number;
  atom?: number;
  proven?: boolean;
}

export interface Candidate {
  index: number;
  moved_households?: number;
  moved_share?: number;
  worst_deviation?: number;
  border_m?: number;
  border_before_m?: number;
  walk_m?: number;
  walk_before_m?: number;
  touched?: number;
  opened?: number;
  closed?: number;
  feasible: boolean;
  lower_bound?: number;
  gap?: number;
  obstacles?: Obstacle[] | null;
  moves?: { to: number; atoms: number[] }[] | null;
  new_grids?: { id: number; parent: number }[] | null;
}

export interface Proposal {
  id: string | number;
  by?: string;
  at?: string;
  wish?: { task: ProposalTask; by?: Measure };
  state: "queued" | "running" | "done" | "cancelled" | "failed";
  fault?: string;
  progress?: { done: number; total: number; unsolved?: number } | null;
  base_rev?: number;
  stale?: boolean;
  candidates?: Candidate[] | null;
}
