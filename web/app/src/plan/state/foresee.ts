import { previewOps } from "../api/client";
import type { OpBody } from "../api/types";
import { p } from "../i18n/text";
import { newId } from "../../ids";
import { words } from "./say";
import * as s from "./store";

/** What an operation would do, in words, without doing it; or why it cannot be done. */
export async function foresee(body: OpBody): Promise<string> {
  const [plan, board] = [s.plan.value, s.board.value];
  if (!plan || !board) return "";
  try {
    const { effects } = await previewOps(plan.id, board.rev, [{ ...body, id: newId() }]);
    const leaves = (effects.grids ?? []).filter(
      (grid) => grid.leaf && !grid.retired && board.grids.get(grid.id)?.atoms !== grid.atoms,
    );
    return leaves
      .map((g) => p("foresee.grid", { name: g.name === "" ? g.code : g.name, atoms: g.atoms, households: g.households }))
      .join("；");
  } catch (cause) {
    return words(cause);
  }
}
