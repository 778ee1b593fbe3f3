import type { LevelScale } from "../../map/levels";
import type { Palette } from "../../map/palette";
import type { Paint } from "../state/store";

/** Where the layers of the draft come from: its own tiles, or the published ones while it changes no ground. */
export interface TilePlan {
  atoms: string;
  grids: string;
  /** Tile sources by name, as templates. */
  tiles: Record<string, { tiles: string[]; minzoom: number; maxzoom: number }>;
  /** One line per pair of neighbouring atoms, which follows the brush through its state. */
  edges: boolean;
  atomZoom: number;
}

export interface Look {
  scales: readonly LevelScale[];
  palette: Palette;
  paint: Paint;
  tiles: TilePlan;
}
