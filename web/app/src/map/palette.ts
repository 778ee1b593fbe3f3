import type { LevelClass } from "./levels";

/** Colours of the map; the page around it has its own in tokens.css. */
export interface Palette {
  ground: string;
  fills: readonly [string, string, string, string, string, string];
  fillOpacity: number;
  lines: Record<LevelClass, string>;
  atoms: string;
  text: Record<LevelClass, string>;
  halo: string;
  hover: string;
  selected: string;
  selectedCasing: string;
  point: string;
  pointRing: string;
  accuracy: string;
}

// Six fills that stay apart for colour-blind readers; the server gives neighbours different ones.
export const light: Palette = {
  ground: "#f3f2ee",
  fills: ["#a8c4fc", "#dfe9b8", "#d6b18b", "#ccf0eb", "#a8afa2", "#72bdc8"],
  fillOpacity: 0.82,
  lines: { district: "#7a1f12", street: "#512b6b", community: "#274b6d", grid: "#55534d" },
  atoms: "#ffffff",
  text: { district: "#5f150b", street: "#42205b", community: "#17354f", grid: "#2f2e2a" },
  halo: "rgba(255,255,255,0.92)",
  hover: "#16212b",
  selected: "#0b4f91",
  selectedCasing: "#ffffff",
  point: "#c8102e",
  pointRing: "#ffffff",
  accuracy: "#c8102e",
};

export const night: Palette = {
  ground: "#0e1217",
  fills: ["#153365", "#5f6831", "#865154", "#452a0f", "#4e658a", "#403546"],
  fillOpacity: 0.86,
  lines: { district: "#f0a48f", street: "#c9a9e6", community: "#a3c4e6", grid: "#a5a199" },
  atoms: "#e8edf2",
  text: { district: "#ffd7cc", street: "#ead9fb", community: "#e3effb", grid: "#e9e6df" },
  halo: "rgba(9,12,16,0.9)",
  hover: "#ffffff",
  selected: "#ffd34d",
  selectedCasing: "#0e1217",
  point: "#ff5468",
  pointRing: "#ffffff",
  accuracy: "#ff8593",
};
