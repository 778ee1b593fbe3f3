import { useEffect, useState } from "preact/hooks";
import * as api from "../api/client";
import type { Kind, Survey } from "../api/types";
import { count, w, wOr } from "../i18n/text";
import { WizardMap } from "../map/WizardMap";
import { readAgain, setKind } from "../state/actions";
import * as s from "../state/store";
import { FrameChoice } from "./FrameChoice";
import { FileLine, Onward } from "./parts";

/** What is in the file, what it is, and which frame its coordinates are in. */
export function LookStep() {
  const survey = s.survey.value;
  if (!survey) return null;
  if (survey.choose_layer) return <ChooseLayer survey={survey} />;
  return (
    <>
      <FileLine />
      <KindChoice />
      <div class="wizard-two">
        <div class="wizard-column">
          <FrameChoice survey={survey} />
        </div>
        <div class="wizard-column">
          <SampleTable survey={survey} />
          <SketchMap />
          <Reading survey={survey} />
        </div>
      </div>
      <Onward {...(s.frameMissing.value ? { why: w("crs.needed") } : {})}>
        <button type="button" class="primary" id="to-fields" disabled={s.frameMissing.value} onClick={() => (s.step.value = 3)}>
          {w("next")}
        </button>
      </Onward>
    </>
  );
}

function ChooseLayer({ survey }: { survey: Survey }) {
  return (
    <>
      <FileLine />
      <section class="wizard-card">
        <label class="wizard-field">
          <span>{w("layer.choose", { n: survey.layers.length })}</span>
          <LayerSelect layers={survey.layers} />
        </label>
      </section>
    </>
  );
}

function LayerSelect({ layers }: { layers: string[] }) {
  return (
    <select
      value={s.layer.value || (s.survey.value?.layer ?? "")}
      onChange={(event) => {
        s.layer.value = event.currentTarget.value;
        void readAgain();
      }}
    >
      {!s.survey.value?.layer && <option value="">{w("layer.none")}</option>}
      {layers.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

const kinds: readonly Kind[] = ["grids", "atoms", "places", "staff"];

function KindChoice() {
  return (
    <fieldset class="wizard-card wizard-kinds">
      <legend>{w("as.title")}</legend>
      {kinds.map((kind) => (
        <label key={kind} class="wizard-choice">
          <input type="radio" name="kind" value={kind} checked={s.kind.value === kind} onChange={() => setKind(kind)} />
          <span class="choice-name">{w(`as.${kind}`)}</span>
          <span class="hint">{w(`as.${kind}.hint`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The first rows over what is there, in the frame that is chosen: the eye sees what numbers hide. */
function SketchMap() {
  const [drawn, setDrawn] = useState<GeoJSON.FeatureCollection | null>(null);
  const id = s.item.value?.id;
  const needed = s.survey.value?.frame.needed;
  const chosen = s.frame.value;
  useEffect(() => {
    let gone = false;
    if (!id || !needed || chosen === "") {
      setDrawn(null);
      return;
    }
    api.sketch(id, { ...s.reading.peek(), ...(s.crs.peek() ? { crs: s.crs.peek() } : {}) }).then(
      (data) => {
        s.trouble.value = "";
        if (!gone) setDrawn(data);
      },
      (cause: unknown) => {
        if (!gone) s.trouble.value = cause instanceof Error ? cause.message : String(cause);
      },
    );
    return () => {
      gone = true;
    };
  }, [id, needed, chosen]);
  if (!needed || s.kind.value === "staff") return null;
  return (
    <section class="wizard-sketch">
      <p class="hint">{chosen ? w("crs.look") : w("crs.mapWait")}</p>
      <WizardMap incoming={drawn} />
    </section>
  );
}

const shownColumns = 12;

function SampleTable({ survey }: { survey: Survey }) {
  const fields = survey.fields.slice(0, shownColumns);
  const more = survey.fields.length - fields.length;
  return (
    <section aria-labelledby="sample-title">
      <h3 id="sample-title">{w("sample.title", { n: survey.sample.length })}</h3>
      <div class="wizard-scroll" tabIndex={0} role="region" aria-labelledby="sample-title">
        <table class="wizard-table">
          <caption class="unseen">{w("sample.caption")}</caption>
          <thead>
            <tr>
              <th scope="col">{w("sample.row")}</th>
              {survey.frame.needed && <th scope="col">{w("sample.shape")}</th>}
              {fields.map((f) => (
                <th key={f.name} scope="col">
                  {f.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {survey.sample.map((row) => (
              <tr key={row.row} class={row.problem ? "row-bad" : ""}>
                <th scope="row" class="mono">
                  {row.row}
                </th>
                {survey.frame.needed && <td>{wOr(`shape.${row.shape ?? "none"}`, row.shape ?? "")}</td>}
                {row.problem ? (
                  <td colSpan={Math.max(1, fields.length)}>{row.problem}</td>
                ) : (
                  fields.map((f, i) => <td key={f.name}>{row.cells[i]}</td>)
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && <p class="hint">{w("sample.more", { n: count(more) })}</p>}
    </section>
  );
}

/** Notes of the reader, and what can be said when it read wrongly. */
function Reading({ survey }: { survey: Survey }) {
  const table = survey.format === "CSV" || survey.format === "XLSX";
  return (
    <details class="wizard-details">
      <summary>{w("reading")}</summary>
      {survey.notes.length > 0 && (
        <ul class="wizard-notes" aria-label={w("notes")}>
          {survey.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div class="wizard-fields">
        {survey.layers.length > 1 && (
          <label class="wizard-field">
            <span>{w("layer.title")}</span>
            <LayerSelect layers={survey.layers} />
          </label>
        )}
        <label class="wizard-field">
          <span>{w("reading.encoding")}</span>
          <select value={s.encoding.value} onChange={(event) => (s.encoding.value = event.currentTarget.value)}>
            <option value="">{w("reading.auto")}</option>
            {["UTF-8", "GB18030", "Big5"].map((e) => (
              <option key={e} value={e}>
                {e}
              </option>
            ))}
          </select>
        </label>
        {table && (
          <label class="wizard-field">
            <span>{w("reading.header")}</span>
            <input type="number" min={1} max={1000} value={s.header.value} onInput={(event) => (s.header.value = event.currentTarget.value)} />
          </label>
        )}
        <button type="button" class="tool" onClick={() => void readAgain()}>
          {w("reading.apply")}
        </button>
      </div>
    </details>
  );
}
