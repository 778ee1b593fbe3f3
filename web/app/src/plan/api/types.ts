// The HTTP contract of plans as the editor sees it. Coordinates are WGS84 lon/lat degrees, lengths metres, areas square metres.
import type { BBox } from "../../api/types";
import type { ProposalAsk } from "./proposals";

export type LonLat = [lon: number, lat: number];

export type PlanState = "draft" | "submitted" | "returned" | "approved" | "announced" | "published" | "abandoned";
export type PlanAction = "submit" | "return" | "approve" | "announce" | "prolong" | "publish" | "abandon";

export interface Plan {
  id: number;
  name: string;
  network: string;
  network_id?: number;
  scope: number[] | null;
  state: PlanState;
  state_name?: string;
  rev: number;
  base_edition: number;
  base_seq: number;
  effective_at?: string | null;
  /** The first moment after its public notice. */
  notice_until?: string | null;
  edition?: number;
  note?: string;
  created_by: string;
  created_at: string;
  changed_at: string;
  stale_base?: boolean;
  base_head?: number;
  can?: Partial<Record<string, boolean>>;
}

type LoadStatus = "over" | "under" | "ok" | "empty" | "none";

export interface PlanGrid {
  id: number;
  code: string;
  name: string;
  type: string;
  level: number;
  /** 0 or null at the top. */
  parent: number | null;
  leaf: boolean;
  new?: boolean;
  retired?: boolean;
  locked?: boolean;
  changed?: boolean;
  capacity?: number | null;
  staff?: number | null;
  atoms: number;
  households: number;
  load: number;
  min?: number | null;
  target?: number | null;
  max?: number | null;
  unit?: string;
  /** Load against the target; means nothing where there is no target. */
  ratio?: number | null;
  status?: LoadStatus;
  deviation?: number | null;
  area_m2?: number;
  perimeter_m?: number;
  compactness?: number | null;
  box?: BBox | null;
  label?: LonLat | null;
  colour?: number;
  /** Beyond what this person may look at: the figures are left out. */
  masked?: boolean;
}

/** Columns of equal length, one entry per atom. */
export interface AtomColumns {
  id: number[];
  owner: number[];
  base?: number[];
  households?: number[];
  load?: number[];
  lon?: number[];
  lat?: number[];
  kind?: string[];
  code?: string[];
  pinned?: number[] | null;
}

interface Reversible {
  can: boolean;
  kind?: string;
  op_id?: string;
}

export interface BoardAnswer {
  plan: Plan;
  rev: number;
  bounds: BBox;
  count_keys?: string[] | null;
  grids: PlanGrid[];
  atoms: AtomColumns;
  undo?: Reversible | null;
  redo?: Reversible | null;
}

/** What can be done about a problem: operations, a wish to the engine, or only what to do by hand. */
interface Fix {
  text: string;
  ops: OpBody[];
  wish?: ProposalAsk;
}

export interface Finding {
  kind: string;
  fix?: Fix;
  severity: "error" | "warning";
  message: string;
  grids?: number[] | null;
  atoms?: number[] | null;
  at?: LonLat | null;
}

export interface Effects {
  /** They lead from this revision to `rev`. */
  from?: number;
  rev: number;
  grids?: PlanGrid[] | null;
  /** Anything may differ: the base was moved. */
  reload?: boolean;
  atoms?: { id: number[]; owner: number[]; households?: number[]; load?: number[]; pinned?: boolean[] } | null;
  removed_grids?: number[] | null;
  gone_atoms?: number[] | null;
  ground?: { faces?: number[] | null; box?: number[] | null } | null;
  new_atoms?: AtomColumns | null;
  problems?: Finding[] | null;
}

export interface OpsAnswer {
  rev: number;
  rebased?: boolean;
  effects: Effects;
  undo?: Reversible | null;
  redo?: Reversible | null;
}

/** What an operation says; the sender gives the id. */
export type OpBody =
  | { kind: "reassign_atoms"; atoms: number[]; to: number }
  | { kind: "cut"; grid: number; line: LonLat[]; mode: "atoms" | "ground"; code?: string; name?: string }
  | { kind: "merge"; into: number; grids: number[] }
  | { kind: "create_grid"; parent: number | null; code: string; name: string; type: string; atoms: number[] }
  | { kind: "retire_grid"; grid: number; to?: number }
  | { kind: "move_vertex" | "move_node"; at: LonLat; to: LonLat }
  | { kind: "insert_vertex"; edge: [LonLat, LonLat]; at: LonLat }
  | { kind: "delete_vertex"; at: LonLat }
  | { kind: "reshape_arc"; old: LonLat[]; points: LonLat[] }
  | { kind: "split_atom"; atom: number; line: LonLat[] }
  | { kind: "set_attrs"; grid: number; name?: string; code?: string; type?: string; capacity?: number }
  | { kind: "set_lock"; grids?: number[]; atoms?: number[]; locked: boolean }
  | { kind: "apply_proposal"; proposal: string; candidate: number; grids?: number[] };

export type Op = OpBody & { id: string };

export interface LoggedOp {
  rev: number;
  id: string;
  at: string;
  actor: string;
  kind: string;
  undone?: boolean;
  summary?: string;
}

export interface Clash {
  op_id: string;
  rev?: number;
  actor?: string;
  kind?: string;
  at?: string | LonLat;
  items?: string[] | null;
  reason?: string;
}

export interface ArcAnswer {
  kind: "vertex" | "node" | "edge";
  at: LonLat;
  edge?: [LonLat, LonLat] | null;
  arc: LonLat[];
  left: number;
  right: number;
  left_grid: number;
  right_grid: number;
  /** From the place asked about to `at`. */
  distance_m?: number;
}

export interface PlanEvent {
  id: number;
  at: string;
  actor: string;
  action: string;
  rev: number;
  note?: string;
}

export interface PlanComment {
  id: number;
  at: string;
  actor: string;
  text: string;
  point?: LonLat | null;
  grid?: number;
  reply_to?: number;
  /** Address of its photo. */
  photo?: string;
  public?: boolean;
  settled_by?: string;
  settled_at?: string | null;
}

export interface PlanDiff {
  grids?:
    | { id: number; name?: string; code?: string; status: string; households_before?: number; households_after?: number }[]
    | null;
  atoms_moved?: number;
  households_moved?: number;
  moved?: { atom: number; from: number; to: number; households?: number }[] | null;
  posts?: Record<string, unknown>[] | null;
  lineage?: { from: number; to: number; share: number }[] | null;
}

/** Who the server takes this browser for. */
export interface Me {
  name: string;
  title: string;
  signed: boolean;
  /** People sign in here; false on a server for its own machine. */
  accounts: boolean;
  can?: Partial<Record<string, boolean>>;
}
