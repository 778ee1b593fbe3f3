import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LonLat } from "../api/types";
import { p, pOr } from "../i18n/text";
import { nameOf } from "../state/edit";
import { foresee } from "../state/foresee";
import { submit } from "../state/session";
import * as s from "../state/store";
import { Field, gridTypes } from "./AttrsForm";
import { GridChoice } from "./GridChoice";
import { closeDialog, Modal } from "./Modal";

function Foot({ go, text, disabled = false }: { go: () => void; text: string; disabled?: boolean }) {
  return (
    <div class="buttons">
      <button
        type="button"
        class="primary"
        disabled={disabled}
        onClick={() => {
          go();
          closeDialog();
        }}
      >
        {text}
      </button>
      <button type="button" class="tool" onClick={closeDialog}>
        {p("cancel")}
      </button>
    </div>
  );
}

export function CutDialog({ grid, line }: { grid: number; line: LonLat[] }) {
  const mode = useSignal<"atoms" | "ground">("atoms");
  const name = useSignal("");
  const code = useSignal("");
  const outlook = useSignal("");
  const chosen = mode.value;
  useEffect(() => {
    outlook.value = "";
    void foresee({ kind: "cut", grid, line, mode: chosen }).then((text) => (outlook.value = text));
  }, [chosen]);
  return (
    <Modal title={p("cut.title", { name: nameOf(grid) })}>
      <fieldset class="choices">
        <legend>{p("cut.mode")}</legend>
        {(["atoms", "ground"] as const).map((m) => (
          <label key={m} class="check">
            <input type="radio" name="cut-mode" checked={mode.value === m} onChange={() => (mode.value = m)} />
            {p(`cut.${m}`)}
          </label>
        ))}
      </fieldset>
      <Field label={p("create.name")} value={name.value} change={(v) => (name.value = v)} />
      <Field label={p("create.code")} value={code.value} change={(v) => (code.value = v)} mono />
      <p class="hint" role="status">
        {outlook.value || p("cut.looking")}
      </p>
      <Foot
        text={p("do.cut")}
        go={() => {
          submit({
            kind: "cut",
            grid,
            line,
            mode: mode.value,
            ...(code.value.trim() ? { code: code.value.trim() } : {}),
            ...(name.value.trim() ? { name: name.value.trim() } : {}),
          });
          s.sketch.value = [];
          s.tool.value = "select";
        }}
      />
    </Modal>
  );
}

export function MergeDialog({ grids }: { grids: number[] }) {
  const into = useSignal(s.selectedGrid.value ?? grids[0] ?? 0);
  const chosen = useSignal<number[]>(grids);
  const parent = s.board.value?.grids.get(into.value)?.parent ?? null;
  const others = chosen.value.filter((id) => id !== into.value);
  return (
    <Modal title={p("merge.title")}>
      <p>{p("merge.what")}</p>
      <ul class="chips">
        {chosen.value.map((id) => (
          <li key={id}>
            <label class="check">
              <input type="radio" name="into" checked={into.value === id} onChange={() => (into.value = id)} />
              {nameOf(id)} {into.value === id && <span class="tag">{p("merge.stays")}</span>}
            </label>
          </li>
        ))}
      </ul>
      <GridChoice
        label={p("merge.add")}
        value={null}
        parent={parent}
        without={chosen.value}
        choose={(id) => {
          if (id !== null) chosen.value = [...chosen.value, id];
        }}
      />
      <Foot
        text={p("do.merge")}
        disabled={others.length === 0}
        go={() => {
          submit({ kind: "merge", into: into.value, grids: others });
          s.chosenGrids.value = new Set([into.value]);
          s.selectedGrid.value = into.value;
        }}
      />
    </Modal>
  );
}

export function CreateDialog({ atoms }: { atoms: number[] }) {
  const board = s.board.value;
  const owner = board?.ownerOf(atoms[0] ?? 0) ?? 0;
  const parents = [...(board?.grids.values() ?? [])].filter((g) => !g.leaf && !g.retired);
  const parent = useSignal(board?.grids.get(owner)?.parent ?? parents[0]?.id ?? null);
  const name = useSignal("");
  const code = useSignal("");
  const type = useSignal("general");
  return (
    <Modal title={p("create.title", { n: atoms.length })}>
      <label class="field">
        <span>{p("grid.parent")}</span>
        <select value={String(parent.value ?? "")} onChange={(event) => (parent.value = Number(event.currentTarget.value))}>
          {parents.map((g) => (
            <option key={g.id} value={String(g.id)}>
              {`${g.name} ${g.code}`}
            </option>
          ))}
        </select>
      </label>
      <Field label={p("create.name")} value={name.value} change={(v) => (name.value = v)} />
      <Field label={p("create.code")} value={code.value} change={(v) => (code.value = v)} mono />
      <label class="field">
        <span>{p("attrs.type")}</span>
        <select value={type.value} onChange={(event) => (type.value = event.currentTarget.value)}>
          {gridTypes.map((t) => (
            <option key={t} value={t}>
              {pOr(`type.${t}`, t)}
            </option>
          ))}
        </select>
      </label>
      <Foot
        text={p("do.create")}
        go={() => {
          submit({
            kind: "create_grid",
            parent: parent.value,
            code: code.value.trim(),
            name: name.value.trim(),
            type: type.value,
            atoms,
          });
          s.chosenAtoms.value = new Set();
        }}
      />
    </Modal>
  );
}

export function RetireDialog({ grid }: { grid: number }) {
  const to = useSignal<number | null>(null);
  const info = s.board.value?.grid(grid);
  const empty = (info?.atoms ?? 0) === 0;
  return (
    <Modal title={p("retire.title", { name: nameOf(grid) })}>
      <p>{p(empty ? "retire.empty" : "retire.full", { n: info?.atoms ?? 0 })}</p>
      {!empty && (
        <GridChoice label={p("chosen.into")} value={to.value} without={[grid]} choose={(id) => (to.value = id)} />
      )}
      <Foot
        text={p("do.retire")}
        disabled={!empty && to.value === null}
        go={() => submit({ kind: "retire_grid", grid, ...(to.value === null ? {} : { to: to.value }) })}
      />
    </Modal>
  );
}
