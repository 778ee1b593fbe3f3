import { p } from "../i18n/text";
import { sorted } from "../state/lists";
import * as s from "../state/store";

interface Props {
  label: string;
  value: number | null;
  choose: (id: number | null) => void;
  /** Grids not offered. */
  without?: readonly number[];
  /** Only grids under this one. */
  parent?: number | null;
}

/** One grid out of all of them, by name and code. */
export function GridChoice({ label, value, choose, without = [], parent }: Props) {
  const all = sorted(s.leaves.value, "code", "");
  const grids = all.filter((g) => !without.includes(g.id) && (parent == null || g.parent === parent));
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={value === null ? "" : String(value)}
        onChange={(event) => choose(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}
      >
        <option value="">{p("choice.none")}</option>
        {grids.map((g) => (
          <option key={g.id} value={String(g.id)}>
            {`${g.name || g.code} ${g.code}`}
          </option>
        ))}
      </select>
    </label>
  );
}
