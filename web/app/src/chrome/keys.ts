import { batch } from "@preact/signals";
import { clearSelection } from "../state/actions";
import { helpOpen, levelChoice, network, sheetStop, tab } from "../state/app";

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.matches("input:not([type=radio]), textarea, select") || target.isContentEditable);

/** Shortcuts of the whole page; they stay quiet while somebody types. */
export function startKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (helpOpen.value || typing(event.target)) return;
    if (act(event.key)) event.preventDefault();
  });
}

function act(key: string): boolean {
  if (/^[0-9]$/u.test(key)) return chooseLevel(Number(key));
  switch (key) {
    case "/":
      focusSoon("search-input");
      return true;
    case "?":
      helpOpen.value = true;
      return true;
    case "Escape":
      clearSelection();
      return true;
    case "c":
    case "C":
      openTab("coord", "coord-text");
      return true;
    case "l":
    case "L":
      openTab("grids", "list-filter");
      return true;
    case "m":
    case "M":
      document.querySelector<HTMLElement>(".map canvas")?.focus();
      return true;
    default:
      return false;
  }
}

function chooseLevel(digit: number): boolean {
  const level = network.value.levels[digit - 1];
  if (digit > 0 && !level) return false;
  levelChoice.value = level ? level.rank : "auto";
  return true;
}

export function openTab(id: "grids" | "coord", focusId: string): void {
  batch(() => {
    tab.value = id;
    if (sheetStop.value === "peek") sheetStop.value = "half";
  });
  focusSoon(focusId);
}

/** After the frame in which the element appears. */
const focusSoon = (id: string): void => {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
};
