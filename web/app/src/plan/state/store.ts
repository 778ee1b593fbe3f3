import { computed, signal } from "@preact/signals";
import type { Network } from "../../api/types";
import { meta } from "../../state/app";
import type { Proposal } from "../api/proposals";
import type {
  ArcAnswer,
  Finding,
  LoggedOp,
  LonLat,
  Plan,
  PlanAction,
  PlanComment,
  PlanDiff,
  PlanEvent,
  PlanGrid,
} from "../api/types";
import type { PlanProblem } from "../api/request";
import type { BoardModel } from "./board";
import type { Item, SaveState } from "./queue";

export type Tool = "select" | "brush" | "lasso" | "box" | "vertex" | "cut" | "comment";
export type LeftTab = "grids" | "problems" | "proposals" | "history" | "selected";
export type Paint = "grid" | "load";

type Dialog =
  | { kind: "help" }
  | { kind: "clash"; problem: PlanProblem; item: Item }
  | { kind: "act"; action: PlanAction }
  | { kind: "cut"; grid: number; line: LonLat[] }
  | { kind: "merge"; grids: number[] }
  | { kind: "create"; atoms: number[] }
  | { kind: "retire"; grid: number }
  | { kind: "comment"; point: LonLat | null; grid: number }
  | { kind: "preview" }
  | { kind: "diff" };

interface Toast {
  text: string;
  bad: boolean;
  at: LonLat | null;
}

export const plan = signal<Plan | null>(null);
/** A model changes in place; the version tells that it did. */
export const board = signal<BoardModel | null>(null);
export const version = signal(0);
export const loading = signal<"busy" | "ready" | "failed">("busy");
export const loadTrouble = signal("");

/** The revision looked back at; null for the draft as it is. */
export const replay = signal<number | null>(null);
/** The day whose map is previewed; "" for none. */
export const previewDay = signal("");
export const playing = signal(false);

export const saving = signal<SaveState>("saved");
export const pendingCount = signal(0);
/** False while the stream of other people's changes is broken. */
export const followed = signal(true);
export const presence = signal<string[]>([]);

export const undoable = signal(true);
export const redoable = signal(false);

export const problems = signal<Finding[]>([]);
export const problemIndex = signal(-1);
/** The problem whose fix is previewed on the map; -1 for none, and what the server says of it. */
export const fixing = signal(-1);
export const fixNote = signal("");
export const ops = signal<LoggedOp[]>([]);
export const events = signal<PlanEvent[]>([]);
export const comments = signal<PlanComment[]>([]);
/** How to reach those of the public who spoke, by comment, once that was asked for. */
export const contacts = signal<ReadonlyMap<number, string> | null>(null);
export const diff = signal<PlanDiff | null>(null);
export const proposals = signal<Proposal[]>([]);

export const tool = signal<Tool>("select");
export const brushPx = signal(28);
export const snapping = signal(true);
export const selectedGrid = signal<number | null>(null);
/** Grids chosen together with Ctrl, for merging and locking; holds the selected one too. */
export const chosenGrids = signal<ReadonlySet<number>>(new Set());
export const chosenAtoms = signal<ReadonlySet<number>>(new Set());
export const hoveredGrid = signal<number | null>(null);
/** The border under work with the vertex tool, and which of its points. */
export const arc = signal<ArcAnswer | null>(null);
export const arcPoint = signal(-1);
export const sketch = signal<LonLat[]>([]);

export const leftTab = signal<LeftTab>("grids");
export const paint = signal<Paint>("grid");
export const comparing = signal(false);
export const printing = signal(false);
export const dialog = signal<Dialog | null>(null);
export const toast = signal<Toast | null>(null);
/** Operations that a rebase would have to leave out; asked about before it does. */
export const rebaseDrop = signal<string[]>([]);
/** What the status line says of the tool in hand. */
export const hint = signal("");

export const editable = computed(() => {
  const p = plan.value;
  return !!p && replay.value === null && previewDay.value === "" && (p.state === "draft" || p.state === "returned") && p.can?.edit !== false;
});

export const selected = computed<PlanGrid | undefined>(() => {
  void version.value;
  return selectedGrid.value === null ? undefined : board.value?.grid(selectedGrid.value);
});

export const leaves = computed<PlanGrid[]>(() => {
  void version.value;
  return board.value?.leaves() ?? [];
});

export const planNetwork = computed<Network | undefined>(() => {
  const of = plan.value?.network;
  const networks = meta.value?.networks ?? [];
  return networks.find((n) => n.code === of) ?? networks.find((n) => n.main) ?? networks[0];
});
