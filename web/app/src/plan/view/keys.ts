import { chooseAtoms, nextProblem, selectGrid } from "../state/edit";
import { cancelFix, fixCurrent } from "../state/fixes";
import { jumpTo, play, stepBy } from "../state/replay";
import { step } from "../state/session";
import * as s from "../state/store";
import { menuOpen } from "../state/under";
import { deletePoint } from "../tools/border";
import { cancelTool, finishTool } from "../tools/tools";

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.matches("input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea, select") ||
    target.isContentEditable);

const toolKeys: Record<string, s.Tool> = {
  v: "select",
  b: "brush",
  l: "lasso",
  x: "box",
  e: "vertex",
  k: "cut",
  c: "comment",
};

const brushStepPx = 6;
const brushLeastPx = 6;
const brushMostPx = 120;

/** Shortcuts of the editor; quiet while somebody types or a dialog is open. Returns what stops them. */
export function startPlanKeys(): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.isComposing || s.dialog.value || typing(event.target)) return;
    const done = event.ctrlKey || event.metaKey ? withCtrl(event) : plain(event);
    if (done) event.preventDefault();
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

function withCtrl(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return false;
  const which = key === "y" || event.shiftKey ? "redo" : "undo";
  if ((which === "redo" ? s.redoable : s.undoable).value || s.pendingCount.value > 0) step(which);
  return true;
}

function plain(event: KeyboardEvent): boolean {
  if (event.altKey) return false;
  const tool = event.shiftKey ? undefined : toolKeys[event.key.toLowerCase()];
  if (tool) {
    if (s.editable.value || tool === "select" || tool === "comment") s.tool.value = tool;
    return true;
  }
  const act = actions[event.key];
  return act ? act() !== false : inHand(event);
}

/** Keys that do one thing; an action that answers false did nothing. */
const actions: Record<string, () => unknown> = {
  "[": () => (s.brushPx.value = Math.max(brushLeastPx, s.brushPx.value - brushStepPx)),
  "]": () => (s.brushPx.value = Math.min(brushMostPx, s.brushPx.value + brushStepPx)),
  n: () => nextProblem(1),
  N: () => nextProblem(-1),
  f: () => fixCurrent(),
  w: () => (s.paint.value = s.paint.value === "grid" ? "load" : "grid"),
  "/": () => document.getElementById("search-input")?.focus(),
  "?": () => (s.dialog.value = { kind: "help" }),
  ",": () => stepBy(-1),
  ".": () => stepBy(1),
  p: () => s.replay.value !== null && play(!s.playing.value),
  Home: () => s.replay.value !== null && jumpTo(0),
  End: () => s.replay.value !== null && jumpTo(s.plan.value?.rev ?? 0),
  y: () => (menuOpen.value = !menuOpen.value),
  m: () => document.querySelector<HTMLElement>(".map canvas")?.focus(),
};

function inHand(event: KeyboardEvent): boolean {
  if (event.key === "Escape") {
    escape();
    return true;
  }
  if (event.key === "Enter" && s.tool.value === "cut" && event.target === document.body) {
    finishTool();
    return true;
  }
  if (event.key === "Backspace" && s.tool.value === "cut") {
    s.sketch.value = s.sketch.value.slice(0, -1);
    return true;
  }
  const arc = s.arc.value;
  if (event.key === "Delete" && s.tool.value === "vertex" && arc && s.arcPoint.value >= 0) {
    deletePoint(arc, s.arcPoint.value);
    return true;
  }
  return false;
}

/** One thing at a time: the sketch, the border, the tool, the choice, the selection. */
function escape(): void {
  if (s.fixing.value >= 0) cancelFix();
  else if (s.sketch.value.length > 0 || s.arc.value) cancelTool();
  else if (s.tool.value !== "select") s.tool.value = "select";
  else if (s.chosenAtoms.value.size > 0) chooseAtoms([], false);
  else selectGrid(null);
}
