import { useSignal } from "@preact/signals";
import type { PlanGrid } from "../api/types";
import { p, pOr } from "../i18n/text";
import { submit } from "../state/session";

export const gridTypes = ["general", "dedicated", "commercial", "micro", "waterborne"] as const;

/** Name, code, type and capacity of a grid; only what was changed is sent. */
export function AttrsForm({ grid }: { grid: PlanGrid }) {
  const name = useSignal(grid.name);
  const code = useSignal(grid.code);
  const type = useSignal(grid.type);
  const capacity = useSignal(grid.capacity == null ? "" : String(grid.capacity));
  const change = {
    ...(name.value.trim() !== grid.name ? { name: name.value.trim() } : {}),
    ...(code.value.trim() !== grid.code ? { code: code.value.trim() } : {}),
    ...(type.value !== grid.type ? { type: type.value } : {}),
    ...(capacity.value !== "" && Number(capacity.value) !== grid.capacity ? { capacity: Number(capacity.value) } : {}),
  };
  const changed = Object.keys(change).length > 0;
  const known = gridTypes.some((t) => t === grid.type);
  return (
    <details class="attrs">
      <summary>{p("attrs.title")}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (changed) submit({ kind: "set_attrs", grid: grid.id, ...change });
        }}
      >
        <Field label={p("attrs.name")} value={name.value} change={(v) => (name.value = v)} />
        <Field label={p("attrs.code")} value={code.value} change={(v) => (code.value = v)} mono />
        <label class="field">
          <span>{p("attrs.type")}</span>
          <select value={type.value} onChange={(event) => (type.value = event.currentTarget.value)}>
            {!known && <option value={grid.type}>{grid.type}</option>}
            {gridTypes.map((t) => (
              <option key={t} value={t}>
                {pOr(`type.${t}`, t)}
              </option>
            ))}
          </select>
        </label>
        <Field label={p("attrs.capacity")} value={capacity.value} change={(v) => (capacity.value = v)} kind="number" />
        <button type="submit" class="primary" disabled={!changed}>
          {p("attrs.save")}
        </button>
      </form>
    </details>
  );
}

interface FieldProps {
  label: string;
  value: string;
  change: (value: string) => void;
  mono?: boolean;
  kind?: "text" | "number" | "datetime-local" | "date";
  required?: boolean;
  /** Of a date: the first that may be chosen. */
  min?: string;
}

export function Field({ label, value, change, mono, kind = "text", required = false, min }: FieldProps) {
  const same = {
    class: mono ? "mono" : "",
    value,
    required,
    onInput: (event: { currentTarget: HTMLInputElement }) => change(event.currentTarget.value),
  };
  return (
    <label class="field">
      <span>{label}</span>
      {kind === "number" && <input type="number" min={0} step="any" {...same} />}
      {kind === "datetime-local" && <input type="datetime-local" {...same} />}
      {kind === "date" && <input type="date" {...(min ? { min } : {})} {...same} />}
      {kind === "text" && <input type="text" autocomplete="off" {...same} />}
    </label>
  );
}
