import { p } from "../i18n/text";
import * as s from "../state/store";
import { LayerMenu } from "./LayerMenu";
import { PlanIcon, type PlanIconName } from "./Icon";

const tools: readonly { id: s.Tool; icon: PlanIconName; key: string }[] = [
  { id: "select", icon: "select", key: "V" },
  { id: "brush", icon: "brush", key: "B" },
  { id: "lasso", icon: "lasso", key: "L" },
  { id: "box", icon: "box", key: "X" },
  { id: "vertex", icon: "vertex", key: "E" },
  { id: "cut", icon: "cut", key: "K" },
  { id: "comment", icon: "comment", key: "C" },
];

/** The tools of the map: one of them is always in hand. */
export function Rail() {
  return (
    <div class="rail" role="toolbar" aria-label={p("rail.label")} aria-orientation="vertical">
      {tools.map(({ id, icon, key }) => (
        <button
          key={id}
          type="button"
          class="rail-tool"
          aria-pressed={s.tool.value === id}
          aria-keyshortcuts={key}
          title={`${p(`tool.${id}`)} (${key})`}
          disabled={!s.editable.value && id !== "select" && id !== "comment"}
          onClick={() => (s.tool.value = id)}
        >
          <PlanIcon name={icon} />
          <span>{p(`tool.${id}`)}</span>
        </button>
      ))}
      {s.tool.value === "brush" && (
        <label class="rail-size">
          <span>{p("tool.size")}</span>
          <input
            type="range"
            min="6"
            max="120"
            step="2"
            value={s.brushPx.value}
            onInput={(event) => (s.brushPx.value = Number(event.currentTarget.value))}
          />
        </label>
      )}
    </div>
  );
}

/** Colours by grid or by workload, with the ramp explained. */
export function PaintSwitch() {
  return (
    <div class="paint-switch">
      <LayerMenu />
      <fieldset class="segmented">
        <legend class="unseen">{p("paint.label")}</legend>
        {(["grid", "load"] as const).map((by) => (
          <label key={by}>
            <input type="radio" name="paint" checked={s.paint.value === by} onChange={() => (s.paint.value = by)} />
            <span>{p(`paint.${by}`)}</span>
          </label>
        ))}
      </fieldset>
      {s.paint.value === "load" && (
        <div class="ramp">
          <span>▼ {p("load.under")}</span>
          <span class="ramp-steps" aria-hidden="true">
            {[0, 1, 2, 3, 4, 5, 6].map((step) => (
              <span key={step} class={`ramp-${step}`} />
            ))}
          </span>
          <span>{p("load.over")} ▲</span>
          <span class="ramp-breaks">60% 80% 95% 105% 120% 140%</span>
        </div>
      )}
    </div>
  );
}
