import type { LevelScale } from "../../map/levels";
import type { Palette } from "../../map/palette";
import type { LayerInfo } from "../api/layers";
import type { Paint } from "../state/store";

/** What lies under and over the draft besides itself. */
interface Under {
  layers: readonly LayerInfo[];
  heat: boolean;
  /** Code of another network; "" for none. */
  other: string;
  otherLeaf: number;
}

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
  under: Under;
}
