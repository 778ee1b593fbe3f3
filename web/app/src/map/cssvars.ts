import { effect } from "@preact/signals";
import { dark } from "../state/prefs";
import { light, night } from "./palette";

/** Gives the legend and the swatches of the list the very colours of the map. */
export function startMapColours(): void {
  effect(() => {
    const p = dark.value ? night : light;
    const { style } = document.documentElement;
    p.fills.forEach((colour, i) => {
      style.setProperty(`--fill-${i}`, colour);
    });
    for (const [look, colour] of Object.entries(p.lines)) style.setProperty(`--line-${look}`, colour);
    style.setProperty("--map-ground", p.ground);
    style.setProperty("--point", p.point);
  });
}
