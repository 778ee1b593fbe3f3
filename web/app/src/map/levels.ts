import type { Level, Network } from "../api/types";
import { boxToShow } from "../coord/box";

const equatorM = 40_075_016.686; // Web Mercator: length of the equator on the WGS84 sphere, metres
const tilePx = 512; // MapLibre's zoom counts 512-pixel tiles
const degreeM = 111_195; // one degree of latitude on the mean sphere, metres

/** Look of a level, from coarse to fine; chosen by what the level is called, else by its place in the network. */
export type LevelClass = "district" | "street" | "community" | "grid";

/** A level with the zooms between which its grids have a readable size on screen. */
export interface LevelScale {
  level: Level;
  look: LevelClass;
  /** From here on the automatic choice fills this level. */
  fillZoom: number;
  /** From here on its borders are drawn. */
  lineZoom: number;
  labelFrom: number;
  labelTo: number;
}

// Sides of an average grid on screen, CSS pixels.
const linePx = 22;
const labelPx = 42;
const fillPx = 48;
const tooLargePx = 1300; // its only label would mostly be outside the screen, or in the way of finer ones

/** Zooms for every level of a network, from the average size of its grids; no level list is hard-wired. */
export function levelScales(network: Network, bounds: readonly number[]): LevelScale[] {
  const [w, s, e, n] = boxToShow(bounds);
  const cosLat = Math.cos((((s + n) / 2) * Math.PI) / 180);
  const areaM2 = Math.max(1, (e - w) * cosLat * degreeM * (n - s) * degreeM);
  return network.levels.map((level, i) => {
    const sideM = Math.sqrt(areaM2 / Math.max(1, network.grids[i] ?? 1));
    const zoomAt = (px: number): number => Math.log2((px * equatorM * cosLat) / (sideM * tilePx));
    return {
      level,
      look: lookOf(level, i, network.levels.length),
      fillZoom: zoomAt(fillPx),
      lineZoom: zoomAt(linePx),
      labelFrom: zoomAt(labelPx),
      labelTo: zoomAt(tooLargePx),
    };
  });
}

/** The deepest level whose grids are large enough on screen; the top level when none is. */
export function rankForZoom(scales: readonly LevelScale[], zoom: number): number {
  const fitting = scales.filter((scale) => zoom >= scale.fillZoom);
  return (fitting.at(-1) ?? scales[0])?.level.rank ?? 0;
}

const byName: readonly [RegExp, LevelClass][] = [
  [/district|county|town$|(区|區|县|縣|市)$/iu, "district"],
  [/street|township|(街道|镇|鎮|乡|鄉)$/iu, "street"],
  [/community|village|(社区|社區|村|里)$/iu, "community"],
  [/grid|block|building|(网格|網格|楼|小区)$/iu, "grid"],
];

function lookOf(level: Level, index: number, count: number): LevelClass {
  // The name as people write it decides first: 社区 ends in 区, so the longer words must be tried before the shorter.
  const order = [...byName].reverse();
  const named =
    order.find(([pattern]) => pattern.test(level.name)) ?? order.find(([pattern]) => pattern.test(level.code));
  if (named) return named[1];
  const fromBottom: readonly LevelClass[] = ["grid", "community", "street", "district"];
  return fromBottom[Math.min(3, count - 1 - index)] ?? "grid";
}
