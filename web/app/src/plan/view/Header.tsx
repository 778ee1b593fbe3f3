import { lang, themeChoice, toggleTheme } from "../../state/prefs";
import { camera } from "../../state/app";
import { Search } from "../../search/Search";
import { p } from "../i18n/text";
import { plansHash } from "../route";
import { selectGrid } from "../state/edit";
import { step } from "../state/session";
import * as s from "../state/store";
import { nextAction } from "../state/workflow";
import { PlanIcon } from "./Icon";
import { Menu } from "./Menu";
import { openPrint } from "./PrintPage";
import { picture } from "../map/picture";

const savedKeys = { saved: "save.saved", saving: "save.saving", offline: "save.offline", clash: "save.clash" } as const;

export function Header() {
  const plan = s.plan.value;
  const action = plan ? nextAction(plan) : null;
  return (
    <header class="header plan-header">
      <h1 class="plan-title">
        <a class="plan-home" href={plansHash} title={p("plans.back")} aria-label={p("plans.back")}>
          <PlanIcon name="back" />
        </a>
        <span class="plan-name" title={plan?.name}>
          {plan?.name ?? p("plans.title")}
        </span>
        {plan && <span class={`state state-${plan.state}`}>{p(`state.${plan.state}`)}</span>}
        {plan && <span class="plan-rev mono">v{shownRevision()}</span>}
        {plan && s.replay.value === null && <Saved />}
      </h1>
      <Search toGrid={(id) => selectGrid(id, true)} toPlace={(point) => (camera.value = { point })} />
      <div class="header-tools">
        <Presence />
        <Turn which="undo" keys="Ctrl+Z" can={s.undoable.value} />
        <Turn which="redo" keys="Ctrl+Shift+Z" can={s.redoable.value} />
        <button
          type="button"
          class="tool plan-compare"
          aria-pressed={s.comparing.value}
          title={p("do.compareTitle")}
          onClick={() => (s.comparing.value = !s.comparing.value)}
        >
          <PlanIcon name="compare" />
          <span class="tool-text">{p("do.compare")}</span>
        </button>
        <More />
        {action && s.replay.value === null && s.previewDay.value === "" && (
          <button type="button" class="primary plan-act" onClick={() => (s.dialog.value = { kind: "act", action })}>
            {p(`act.${action}`)}
          </button>
        )}
      </div>
    </header>
  );
}

/** The revision that the map and the lists show: the newest one, or one asked for, only when its answer is there. */
function shownRevision(): number | undefined {
  void s.version.value;
  return s.board.value?.rev;
}

function Turn({ which, keys, can }: { which: "undo" | "redo"; keys: string; can: boolean }) {
  const text = p(`do.${which}`);
  return (
    <button
      type="button"
      class="tool"
      aria-label={text}
      title={`${text} ${keys}`}
      disabled={!s.editable.value || !can}
      onClick={() => step(which)}
    >
      <PlanIcon name={which} />
      <span class="tool-text">{text}</span>
    </button>
  );
}

function More() {
  const plan = s.plan.value;
  return (
    <Menu
      items={[
        { text: p("do.compare"), act: () => (s.comparing.value = !s.comparing.value) },
        { text: p("preview.do"), act: () => (s.dialog.value = { kind: "preview" }) },
        ...(plan ? [{ text: p("field.walk"), act: () => (location.hash = `#/field/${plan.id}`) }] : []),
        { text: p("do.print"), act: () => void openPrint(picture.peek()) },
        { text: p(`theme.${themeChoice.value}`), act: toggleTheme },
        { text: p("lang.switch"), act: () => (lang.value = lang.value === "zh" ? "en" : "zh") },
        { text: `${p("help.title")} ?`, act: () => (s.dialog.value = { kind: "help" }) },
        ...(plan?.state === "draft" || plan?.state === "returned"
          ? [{ text: p("act.abandon"), act: () => (s.dialog.value = { kind: "act" as const, action: "abandon" as const }) }]
          : []),
      ]}
    />
  );
}

function Saved() {
  const state = s.saving.value === "saved" && !s.followed.value ? "offline" : s.saving.value;
  return (
    <span class={`saved saved-${state}`} role="status">
      {p(savedKeys[state])}
      {s.pendingCount.value > 1 && ` ${s.pendingCount.value}`}
    </span>
  );
}

function Presence() {
  const who = s.presence.value;
  if (who.length < 2) return null;
  return (
    <span class="presence" title={who.join("\n")}>
      <PlanIcon name="people" />
      {who.length}
      <span class="unseen">{p("presence", { who: who.join(" ") })}</span>
    </span>
  );
}
