import type { Network } from "../../api/types";
import { meta } from "../../state/app";
import type { Choice, Kind, Looked } from "../api/types";
import * as s from "./store";

export const newOne = "+";

/** The network that things go to, if it is there already. */
export function networkNow(): Network | undefined {
  const all = meta.value?.networks ?? [];
  if (s.network.value === newOne) return undefined;
  return all.find((n) => n.code === s.network.value) ?? all.find((n) => n.main) ?? all[0];
}

/** What the file most likely is: polygons are grids, points addresses, and what has no shape a roster. */
export function likelyKind({ survey, kinds }: Looked): Kind {
  const shapes = Object.keys(survey.shapes);
  if (shapes.some((shape) => shape.endsWith("Polygon"))) {
    return kinds.atoms.columns.grid && Object.keys(kinds.atoms.counts).length > 0 ? "atoms" : "grids";
  }
  if (kinds.staff.columns.grid && (kinds.staff.columns.phone ?? kinds.staff.columns.role)) return "staff";
  return "places";
}

/** Takes what the names of the columns suggest. */
export function takeSuggested(): void {
  const known = s.fieldsOf.peek();
  s.columns.value = { ...known.columns };
  s.counts.value = { ...known.counts };
}

/** The frame to begin with: what the file itself declares, and nothing else. */
export function frameToBegin({ survey }: Looked): string {
  return survey.frame.sure && !survey.frame.fault ? "declared" : "";
}

/** Everything that was said, as the server takes it; fields without a column are said to have none. */
export function choice(): Choice {
  const fields = s.fieldsOf.peek().fields;
  const takesCounts = s.kind.peek() === "grids" || s.kind.peek() === "atoms";
  return {
    ...s.reading.peek(),
    ...(s.crs.peek() ? { crs: s.crs.peek() } : {}),
    columns: Object.fromEntries(fields.map((f) => [f, s.columns.peek()[f] ?? ""])),
    ...(takesCounts ? { counts: Object.fromEntries(countNames.map((c) => [c, s.counts.peek()[c] ?? ""])) } : {}),
    ...target(),
    ...Object.fromEntries(s.optionNames.filter((o) => s.options.peek()[o]).map((o) => [o, true])),
  };
}

export const countNames = ["households", "persons", "shops", "events"] as const;

function target(): Choice {
  const net = networkNow();
  const network = net?.code ?? (s.newNetwork.peek().trim() || "main");
  if (s.kind.peek() !== "grids") return { network };
  const levels = net?.levels ?? [];
  const old = levels.find((l) => l.code === s.level.peek());
  if (old) return { network, level: old.code };
  const name = s.newLevel.peek().trim() || "网格";
  const above = levels.at(-1);
  const code = codeFor(name, levels.length);
  return { network, level: `${code}=${name}`, ...(above ? { parent_level: above.code } : {}) };
}

const usual: Record<string, string> = { 区: "district", 街道: "street", 社区: "community", 网格: "grid", 微网格: "micro" };

/** A level needs a code of its own: the usual one of the name, else one by its rank. */
const codeFor = (name: string, rank: number): string => usual[name] ?? `level${rank + 1}`;
