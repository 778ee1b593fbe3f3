import { useEffect, useState } from "preact/hooks";
import { area, count } from "../../i18n/units";
import { meta } from "../../state/app";
import type { PlanGrid } from "../api/types";
import { p, pOr } from "../i18n/text";
import { when } from "../i18n/when";
import { percentOf } from "../map/labels";
import { marks } from "../map/ramp";
import { nameOf } from "../state/edit";
import { sorted } from "../state/lists";
import * as s from "../state/store";

/** The plan as paper: the register of grids (网格划分登记表), the map as it stood on screen, and what changes. */
export function PrintPage() {
  const plan = s.plan.value;
  const rows = sorted(s.leaves.value, "code", "");
  const m = meta.value;
  const [image] = useState(() => shot);
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === "Escape") s.printing.value = false;
    };
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, []);
  if (!plan) return null;
  return (
    <div class="print">
      <div class="print-tools">
        <button type="button" class="primary" onClick={() => print()}>
          {p("print.go")}
        </button>
        <button type="button" class="tool" onClick={() => (s.printing.value = false)}>
          {p("print.back")}
        </button>
      </div>
      <main class="print-sheet">
        <h1>{p("print.title")}</h1>
        <p class="print-plan">
          {plan.name} · {p(`state.${plan.state}`)} · v{plan.rev} · {p("plan.base", { n: plan.base_edition })}
          {plan.effective_at ? ` · ${p("plan.effective")} ${when(plan.effective_at)}` : ""}
        </p>
        {image && <img class="print-map" src={image} alt={p("print.map")} />}
        <p class="print-source">
          {m?.source_line} {m?.map_review_no ? p("review", { no: m.map_review_no }) : ""}
        </p>
        <table class="plan-table">
          <caption>{p("print.table", { n: count(rows.length) })}</caption>
          <thead>
            <tr>
              {(["code", "name", "parent", "type", "households", "load", "area", "change"] as const).map((column) => (
                <th key={column} scope="col">
                  {p(`print.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((g) => (
              <Row key={g.id} grid={g} />
            ))}
          </tbody>
        </table>
        <p class="print-sign">{p("print.sign")}</p>
      </main>
    </div>
  );
}

function Row({ grid: g }: { grid: PlanGrid }) {
  return (
    <tr>
      <td class="mono">{g.code}</td>
      <th scope="row">{g.name}</th>
      <td>{g.parent == null ? "" : nameOf(g.parent)}</td>
      <td>{pOr(`type.${g.type}`, g.type)}</td>
      <td class="number">{count(g.households)}</td>
      <td class="number">
        {count(Math.round(g.load))} {percentOf(g.ratio)} {marks[g.status ?? "none"]}
      </td>
      <td class="number">{g.area_m2 == null ? "" : area(g.area_m2)}</td>
      <td>{g.new ? p("grid.new") : g.changed ? p("grid.changed") : ""}</td>
    </tr>
  );
}

let shot = "";

/** Opens the page with a picture of the map taken beforehand: the map is gone while the page is shown. */
export async function openPrint(picture: (() => Promise<string>) | null): Promise<void> {
  shot = picture ? await picture() : "";
  s.printing.value = true;
}
