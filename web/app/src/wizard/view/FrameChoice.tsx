import { useSignal } from "@preact/signals";
import type { FrameChoice as Choice, Survey } from "../api/types";
import { count, w, wOr } from "../i18n/text";
import * as s from "../state/store";

/** Asks which frame the coordinates are in. What the file itself declares is taken; everything else must be said. */
export function FrameChoice({ survey }: { survey: Survey }) {
  const { frame } = survey;
  const other = useSignal("");
  if (!frame.needed || s.kind.value === "staff") return <p class="wizard-card hint">{w("crs.none")}</p>;
  const known = frame.choices.some((c) => c.code === s.frame.value);
  const typed = s.frame.value !== "" && s.frame.value !== "declared" && !known;
  const tells = new Set(frame.choices.map((c) => c.in_map)).size > 1; // what is the same for all tells nothing
  const sampled = Math.min(500, Object.values(survey.shapes).reduce((a, b) => a + b, 0));
  return (
    <fieldset class={`wizard-card wizard-frames ${s.frameMissing.value ? "wizard-asking" : ""}`}>
      <legend>{w("crs.title")}</legend>
      <Why survey={survey} />
      {frame.sure && !frame.fault && (
        <Radio code="declared" name={w("crs.useDeclared")} hint={frame.declared ?? ""} />
      )}
      {!tells && !frame.sure && (frame.choices[0]?.in_map ?? -1) > 0 && <p class="hint">{w("crs.alike")}</p>}
      {frame.choices.map((c) => (
        <Radio key={c.code} code={c.code} name={wOr(`crs.${c.code}`, c.name)} hint={wOr(`crs.${c.code}.hint`, "")} evidence={tells ? evidence(c, sampled) : ""} />
      ))}
      <label class="wizard-choice">
        <input type="radio" name="frame" checked={typed} onChange={() => (s.frame.value = other.value.trim())} />
        <span class="choice-name">{w("crs.other")}</span>
        <input
          class="wizard-epsg mono"
          type="text"
          autocomplete="off"
          placeholder="epsg:"
          aria-label={w("crs.other")}
          value={other.value}
          onInput={(event) => (other.value = event.currentTarget.value)}
          onChange={() => (s.frame.value = other.value.trim())}
        />
        <span class="hint">{w("crs.otherHint")}</span>
      </label>
    </fieldset>
  );
}

function Why({ survey }: { survey: Survey }) {
  const { declared = "", from = "", sure, fault } = survey.frame;
  if (fault) return <p class="wizard-ask">{w("crs.fault", { why: fault })}</p>;
  if (sure) return <p class="hint">{w("crs.declared", { name: declared, from })}</p>;
  return <p class="wizard-ask">{declared ? w("crs.rule", { name: declared, from }) : w("crs.unsaid")}</p>;
}

/** What speaks for a frame, where the choices differ in it. */
function evidence(c: Choice, sampled: number): string {
  if (c.in_map < 0) return "";
  if (c.in_map === 0) return w("crs.notInMap");
  return w("crs.inMap", { n: count(sampled), share: Math.round(c.in_map * 100) });
}

function Radio({ code, name, hint, evidence: said = "" }: { code: string; name: string; hint: string; evidence?: string }) {
  return (
    <label class="wizard-choice">
      <input type="radio" name="frame" value={code} checked={s.frame.value === code} onChange={() => (s.frame.value = code)} />
      <span class="choice-name">{name}</span>
      <span class="hint">{[hint, said].filter(Boolean).join("；")}</span>
    </label>
  );
}
