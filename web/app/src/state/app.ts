import { computed, signal } from "@preact/signals";
import type { ApiProblem } from "../api/problem";
import type { Answer, BBox, GridDetail, Level, LonLat, Meta, Network, PointQuery } from "../api/types";

/** What the right panel speaks about. */
export type Selection =
  | { kind: "none" }
  | { kind: "point"; query: PointQuery; busy: boolean; answer?: Answer; detail?: GridDetail; problem?: ApiProblem }
  | { kind: "grid"; id: number; busy: boolean; detail?: GridDetail; problem?: ApiProblem };

export type Tab = "answer" | "grids" | "coord";
export type SheetStop = "peek" | "half" | "full";

/** Where the map should go; a new object each time, so that the same place can be asked for twice. */
export interface CameraGoal {
  box?: BBox;
  point?: LonLat;
}

export const meta = signal<Meta | null>(null);
/** False from the first request that got no answer at all until one gets through again. */
export const online = signal(true);
export const selection = signal<Selection>({ kind: "none" });
/** The outline drawn for the selection, exact and not cut by tiles. */
export const outline = signal<GeoJSON.FeatureCollection | null>(null);
/** Rank chosen by hand, or "auto" for the level that the zoom asks for. */
export const levelChoice = signal<number | "auto">("auto");
/** Rank that the map fills now. */
export const shownRank = signal(0);
export const zoom = signal(0);
export const cursor = signal<LonLat | null>(null);
/** Grid under the pointer, on the map or in the list. */
export const hovered = signal<number | null>(null);
/** Where on the map the pointer is, in CSS pixels, and what it points at; null away from grids. */
export const pointed = signal<{ x: number; y: number; text: string } | null>(null);
export const camera = signal<CameraGoal | null>(null);
export const tab = signal<Tab>("answer");
export const sheetStop = signal<SheetStop>("half");
export const helpOpen = signal(false);
/** Last thing told to screen readers. */
export const spoken = signal("");

const nowhere: Network = { id: 0, code: "", name: "", main: true, levels: [], grids: [] };

export const network = computed<Network>(() => {
  const networks = meta.value?.networks ?? [];
  return networks.find((n) => n.main) ?? networks[0] ?? nowhere;
});

export const shownLevel = computed<Level | undefined>(() =>
  network.value.levels.find((level) => level.rank === shownRank.value),
);

/** Grid that the selection is about: the leaf of an answer, the nearest one outside, or the one opened. */
export const selectedGrid = computed<number | null>(() => {
  const s = selection.value;
  if (s.kind === "grid") return s.id;
  if (s.kind !== "point" || !s.answer) return null;
  const chain = s.answer.chain?.length ? s.answer.chain : (s.answer.nearest?.chain ?? []);
  return chain.at(-1)?.id ?? null;
});
