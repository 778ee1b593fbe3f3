import { useEffect, useRef } from "preact/hooks";
import { meta } from "../../state/app";
import { p, pOr } from "../i18n/text";
import * as s from "../state/store";
import * as u from "../state/under";
import { HeatLegend } from "./HeatLegend";
import { PlanIcon } from "./Icon";

const countName = (key: string): string => pOr(`count.${key}`, key);

/** Reference layers, heat and other networks, each to be ticked; what is ticked stays so in this browser. */
export function LayerMenu() {
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const open = u.menuOpen.value;
  useEffect(() => void u.loadLayers(), [open]); // an import may have brought others
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) u.menuOpen.value = false;
    };
    addEventListener("pointerdown", outside);
    box.current?.querySelector<HTMLElement>(".layers-panel input, .layers-panel select")?.focus();
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !open) return;
    u.menuOpen.value = false;
    button.current?.focus();
    event.stopPropagation();
  };
  const on = u.visible.value.length + (u.heatNow.value ? 1 : 0) + (u.other.value ? 1 : 0);
  return (
    <div class="layers" ref={box} onKeyDown={keys}>
      <button
        ref={button}
        type="button"
        class="layers-button"
        aria-expanded={open}
        aria-keyshortcuts="Y"
        title={`${p("layers.title")} (Y)`}
        onClick={() => (u.menuOpen.value = !open)}
      >
        <PlanIcon name="layers" />
        <span>
          {p("layers.title")} {on > 0 && <b class="layers-count">{on}</b>}
        </span>
      </button>
      {open && (
        <div class="layers-panel" role="group" aria-label={p("layers.title")}>
          <Backdrops />
          <Heat />
          <OtherNetwork />
        </div>
      )}
      {!open && u.heatNow.value && <HeatLegend />}
    </div>
  );
}

function Backdrops() {
  const zoomed = (least: number): string => p("layers.from", { z: least });
  return (
    <fieldset>
      <legend>{p("layers.backdrops")}</legend>
      {u.layers.value.length === 0 && <p class="layers-none">{p("layers.none")}</p>}
      {u.layers.value.map(({ name, kind, title, source, minzoom }) => (
        <label key={name} class="layers-row" title={source}>
          <input type="checkbox" name={`layer-${name}`} checked={u.shown.value.has(name)} onChange={() => u.toggleLayer(name)} />
          <span class={`layers-swatch layers-${kind}`} aria-hidden="true" />
          <span>{title}</span>
          <small>{zoomed(minzoom)}</small>
        </label>
      ))}
    </fieldset>
  );
}

function Heat() {
  if (u.measures.value.length === 0) return null;
  return (
    <fieldset>
      <legend>{p("layers.heat")}</legend>
      <label class="layers-row">
        <span>{p("layers.measure")}</span>
        <select name="heat" value={u.heatNow.value} onChange={(event) => (u.heat.value = event.currentTarget.value)}>
          <option value="">{p("layers.off")}</option>
          {[...u.measures.value].map((key) => (
            <option key={key} value={key}>
              {countName(key)}
            </option>
          ))}
        </select>
      </label>
      {u.heatNow.value && <HeatLegend />}
    </fieldset>
  );
}

function OtherNetwork() {
  const own = s.planNetwork.value?.code;
  const others = (meta.value?.networks ?? []).filter(({ code }) => code !== own);
  return (
    <fieldset>
      <legend>{p("layers.other")}</legend>
      {others.length === 0 ? (
        <p class="layers-none">{p("layers.otherNone")}</p>
      ) : (
        <label class="layers-row">
          <span class="layers-swatch layers-net" aria-hidden="true" />
          <span>{p("layers.outlines")}</span>
          <select name="other" value={u.other.value} onChange={(event) => (u.other.value = event.currentTarget.value)}>
            <option value="">{p("layers.off")}</option>
            {others.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </fieldset>
  );
}
