// The contract of /v1/imports as the wizard sees it; docs/import.md has it in words.

export type Kind = "grids" | "atoms" | "places" | "staff";
type Severity = "error" | "warning" | "note";
type State = "receiving" | "ready" | "queued" | "checking" | "checked" | "importing" | "done";

interface Counts {
  rows_read: number;
  rows_accepted: number;
  rows_rejected: number;
  rows_merged: number;
  created: number;
  updated: number;
  unchanged: number;
}

export interface Import {
  id: string;
  file: string;
  files: string[];
  bytes: number;
  state: State;
  stage?: string;
  done: number;
  /** 0 when unknown. */
  total: number;
  fault?: string;
  check?: Counts & { number: number; refusal?: string };
  result?: Counts & { edition: number; seq: number; at: string };
  choice?: Choice;
}

export interface FrameChoice {
  code: string;
  name: string;
  in_area: number;
  /** Share of the first rows where the map is; -1 without a map. */
  in_map: number;
}

export interface Survey {
  file: string;
  format: string;
  layer?: string;
  layers: string[];
  choose_layer?: boolean;
  encoding?: string;
  /** -1 when unknown. */
  rows: number;
  fields: { name: string; type?: string }[];
  shape_from: string[];
  sample: { row: number; cells: string[]; shape?: string; problem?: string }[];
  shapes: Record<string, number>;
  notes: string[];
  frame: {
    needed: boolean;
    declared?: string;
    from?: string;
    sure: boolean;
    fault?: string;
    projected: boolean;
    choices: FrameChoice[];
  };
}

export interface KindFields {
  fields: string[];
  required: string[];
  columns: Record<string, string>;
  counts: Record<string, string>;
}

export interface Looked {
  survey: Survey;
  kinds: Record<Kind, KindFields>;
}

export interface Choice {
  as?: Kind;
  layer?: string;
  encoding?: string;
  header?: number;
  crs?: string;
  network?: string;
  level?: string;
  parent_level?: string;
  columns?: Record<string, string>;
  counts?: Record<string, string>;
  fix_swapped?: boolean;
  make_parents?: boolean;
  merge_parts?: boolean;
  accept_partial?: boolean;
  strict?: boolean;
  valid_from?: string;
}

export interface FindingKind {
  kind: string;
  severity: Severity;
  name: string;
  name_en: string;
  do?: string;
  do_en?: string;
  count: number;
  area_m2?: number;
}

export interface Finding {
  n: number;
  kind: string;
  severity: Severity;
  rows: number[];
  codes: string[];
  message: string;
  at?: [lon: number, lat: number];
  area_m2?: number;
}

export interface Report extends Counts {
  number: number;
  refusal?: string;
  crs?: string;
  crs_from?: string;
  network: string;
  level?: string;
  notes: string[];
  kinds: FindingKind[];
  total: number;
  findings: Finding[];
  outlines: { rows: number; drawn: number; every: number };
  choice: Choice;
  as: Kind;
}

export interface Me {
  name: string;
  title: string;
  signed: boolean;
  accounts: boolean;
  can: Partial<Record<"edit" | "import", boolean>>;
}
