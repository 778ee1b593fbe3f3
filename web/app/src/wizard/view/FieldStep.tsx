import { meta } from "../../state/app";
import { count, w, wOr } from "../i18n/text";
import { startCheck } from "../state/actions";
import { countNames, networkNow, newOne } from "../state/choice";
import * as s from "../state/store";
import { FileLine, Onward } from "./parts";

/** Fields of an address that are shown at once; the rest unfolds. */
const usual = ["code", "name", "kind", "address", "town", "community", "road", "number", "compound", "building", "alias"];

/** Where things go, and which column is which field. */
export function FieldStep() {
  const { fields } = s.fieldsOf.value;
  const takesCounts = s.kind.value === "grids" || s.kind.value === "atoms";
  const shown = s.kind.value === "places" ? fields.filter((f) => usual.includes(f) || s.columns.value[f]) : fields;
  const rest = fields.filter((f) => !shown.includes(f));
  const lacks = s.missing.value.map((f) => nameOf(f)).join("、");
  const noTarget = s.network.value === newOne && !s.newNetwork.value.trim();
  return (
    <>
      <FileLine />
      {s.kind.value !== "places" && <Target />}
      <section class="wizard-card" aria-labelledby="fields-title">
        <h3 id="fields-title">{w("map.title")}</h3>
        <MapTable fields={shown} />
        {takesCounts && (
          <>
            <h4>{w("counts.title")}</h4>
            <MapTable fields={countNames} counts />
          </>
        )}
        {rest.length > 0 && (
          <details class="wizard-details">
            <summary>{w("map.more", { n: count(rest.length) })}</summary>
            <MapTable fields={rest} />
          </details>
        )}
        <Unused />
      </section>
      <details class="wizard-details wizard-card">
        <summary>{w("option.title")}</summary>
        {s.optionNames.map((name) => (
          <label key={name} class="wizard-check">
            <input
              type="checkbox"
              checked={Boolean(s.options.value[name])}
              onChange={(event) => (s.options.value = { ...s.options.value, [name]: event.currentTarget.checked })}
            />
            <span>{w(`option.${name}`)}</span>
          </label>
        ))}
      </details>
      <Onward back={2} why={lacks ? w("map.missing", { fields: lacks }) : w("check.hint")}>
        <button
          type="button"
          class="primary"
          id="to-check"
          disabled={lacks !== "" || noTarget || s.busy.value}
          onClick={() => void startCheck()}
        >
          {w("check")}
        </button>
      </Onward>
    </>
  );
}

const nameOf = (field: string): string =>
  s.kind.value === "staff" ? wOr(`field.staff.${field}`, wOr(`field.${field}`, field)) : wOr(`field.${field}`, field);

function MapTable({ fields, counts = false }: { fields: readonly string[]; counts?: boolean }) {
  const survey = s.survey.value;
  const { required } = s.fieldsOf.value;
  const chosen = counts ? s.counts : s.columns;
  const suggested = counts ? s.fieldsOf.value.counts : s.fieldsOf.value.columns;
  const set = (field: string, column: string): void => {
    const others = Object.entries(chosen.value).filter(([f]) => f !== field);
    chosen.value = Object.fromEntries(column ? [...others, [field, column]] : others);
  };
  return (
    <table class="wizard-table wizard-mapping">
      <caption class="unseen">{w("map.caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{w("map.field")}</th>
          <th scope="col">{w("map.column")}</th>
          <th scope="col">{w("map.example")}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => {
          const name = counts ? wOr(`count.${field}`, field) : nameOf(field);
          const column = chosen.value[field] ?? "";
          return (
            <tr key={field}>
              <th scope="row">
                {name}
                {!counts && required.includes(field) && <span class="wizard-required">{w("map.required")}</span>}
              </th>
              <td>
                <select aria-label={name} data-field={field} value={column} onChange={(event) => set(field, event.currentTarget.value)}>
                  <option value="">{w("map.none")}</option>
                  {survey?.fields.map((f) => (
                    <option key={f.name} value={f.name}>
                      {f.name}
                    </option>
                  ))}
                </select>
                {column !== "" && suggested[field] === column && <span class="hint">{w("map.guessed")}</span>}
              </td>
              <td class="wizard-example">{exampleOf(column)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The first value in a column. */
function exampleOf(column: string): string {
  const survey = s.survey.value;
  const at = survey?.fields.findIndex((f) => f.name === column) ?? -1;
  return at < 0 ? "" : (survey?.sample.map((row) => row.cells[at] ?? "").find((cell) => cell !== "") ?? "");
}

function Unused() {
  const used = new Set([...Object.values(s.columns.value), ...Object.values(s.counts.value), ...(s.survey.value?.shape_from ?? [])]);
  const left = (s.survey.value?.fields ?? []).map((f) => f.name).filter((name) => !used.has(name));
  if (left.length === 0) return null;
  const columns = left.slice(0, 20).join("、") + (left.length > 20 ? " …" : "");
  return <p class="hint wizard-unused">{w(s.kind.value === "staff" ? "map.dropped" : "map.kept", { columns })}</p>;
}

/** The network and, of grids, the level. */
function Target() {
  const networks = meta.value?.networks ?? [];
  const net = networkNow();
  const levels = net?.levels ?? [];
  const level = levels.some((l) => l.code === s.level.value) ? s.level.value : newOne;
  const above = levels.at(-1);
  return (
    <section class="wizard-card" aria-labelledby="target-title">
      <h3 id="target-title">{w("target.title")}</h3>
      <div class="wizard-fields">
        <label class="wizard-field">
          <span>{w("target.network")}</span>
          <select id="target-network" value={net?.code ?? newOne} onChange={(event) => (s.network.value = event.currentTarget.value)}>
            {networks.map((n) => (
              <option key={n.code} value={n.code}>
                {n.name}
              </option>
            ))}
            <option value={newOne}>{w("target.newNetwork")}</option>
          </select>
        </label>
        {!net && networks.length > 0 && (
          <label class="wizard-field">
            <span>{w("target.networkCode")}</span>
            <input
              id="target-new"
              type="text"
              autocomplete="off"
              maxLength={40}
              value={s.newNetwork.value}
              onInput={(event) => (s.newNetwork.value = event.currentTarget.value)}
            />
          </label>
        )}
        {s.kind.value === "grids" && (
          <label class="wizard-field">
            <span>{w("target.level")}</span>
            <select id="target-level" value={level} onChange={(event) => (s.level.value = event.currentTarget.value)}>
              {levels.map((l) => (
                <option key={l.code} value={l.code}>
                  {l.name}
                </option>
              ))}
              <option value={newOne}>{w("target.newLevel")}</option>
            </select>
          </label>
        )}
        {s.kind.value === "grids" && level === newOne && (
          <label class="wizard-field">
            <span>
              {w("target.levelName")}（{above ? w("target.below", { name: above.name }) : w("target.top")}）
            </span>
            <input
              type="text"
              autocomplete="off"
              maxLength={40}
              placeholder="网格"
              value={s.newLevel.value}
              onInput={(event) => (s.newLevel.value = event.currentTarget.value)}
            />
          </label>
        )}
      </div>
    </section>
  );
}
