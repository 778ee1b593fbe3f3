import { useSignal } from "@preact/signals";
import { count } from "../../i18n/units";
import { p } from "../i18n/text";
import { assign, chooseAtoms, nameOf, setPin, toggleAtom } from "../state/edit";
import { atomName } from "../state/lists";
import * as s from "../state/store";
import { GridChoice } from "./GridChoice";

/** What can be done with atoms chosen by lasso, box, list or Shift-click. */
export function ChosenAtoms() {
  const to = useSignal<number | null>(null);
  const board = s.board.value;
  const atoms = [...s.chosenAtoms.value];
  const at = atoms.map((atom) => board?.indexOf(atom) ?? -1);
  const households = at.reduce((sum, i) => sum + (board?.households[i] ?? 0), 0);
  const target = to.value ?? s.selectedGrid.value;
  const pinned = atoms.every((atom) => board?.pinned.has(atom));
  return (
    <section class="chosen" aria-label={p("chosen.atoms", { n: atoms.length })}>
      <h3>{p("chosen.atoms", { n: count(atoms.length) })}</h3>
      <p class="hint">{p("chosen.households", { n: count(households) })}</p>
      {s.editable.value && (
        <>
          <GridChoice label={p("chosen.into")} value={target} choose={(id) => (to.value = id)} />
          <div class="buttons">
            <button
              type="button"
              class="primary"
              disabled={target === null}
              onClick={() => target !== null && assign(atoms, target)}
            >
              {target === null ? p("chosen.assign") : p("chosen.assignTo", { name: nameOf(target) })}
            </button>
            <button type="button" class="tool" onClick={() => (s.dialog.value = { kind: "create", atoms })}>
              {p("do.create")}
            </button>
            <button type="button" class="tool" onClick={() => setPin(atoms, !pinned)}>
              {p(pinned ? "chosen.unpin" : "chosen.pin")}
            </button>
            <button type="button" class="tool" onClick={() => chooseAtoms([], false)}>
              {p("chosen.clear")}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

const pageSize = 120;

/** The atoms of a grid as a list: the keyboard's way to choose them. */
export function AtomList({ grid }: { grid: number }) {
  const open = useSignal(false);
  const shown = useSignal(pageSize);
  const board = s.board.value;
  void s.version.value;
  const at = open.value ? (board?.atomsOf(grid) ?? []) : [];
  return (
    <details class="atom-list" onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{p("atoms.list")}</summary>
      {board && (
        <ul>
          {at.slice(0, shown.value).map((i) => {
            const id = board.ids[i] ?? 0;
            return (
              <li key={id}>
                <label class="check">
                  <input type="checkbox" checked={s.chosenAtoms.value.has(id)} onChange={() => toggleAtom(id)} />
                  <span class="mono">{atomName(board, i)}</span>
                  <span class="atom-count">{count(board.households[i] ?? 0)}</span>
                  {board.pinned.has(id) && <span class="tag">{p("atoms.pinned")}</span>}
                </label>
              </li>
            );
          })}
        </ul>
      )}
      {at.length > shown.value && (
        <button type="button" class="quiet" onClick={() => (shown.value += pageSize)}>
          {p("grids.more", { n: count(at.length - shown.value) })}
        </button>
      )}
    </details>
  );
}
