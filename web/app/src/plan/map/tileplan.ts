import { tileJsonUrl } from "../api/client";
import type { TilePlan } from "./look";
import { edgeLayer } from "./style";

interface TileJson {
  tiles: string[];
  minzoom?: number;
  maxzoom?: number;
  vector_layers?: { id: string; minzoom?: number }[];
}

const usualAtomZoom = 13;

async function read(url: string): Promise<TileJson | null> {
  const response = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  return response?.ok ? ((await response.json()) as TileJson) : null;
}

const source = (json: TileJson | null, rev?: number, back = false): TilePlan["tiles"][string] => ({
  tiles: (json?.tiles ?? []).map((url) => (rev === undefined ? url : atRevision(url, rev, back))),
  minzoom: json?.minzoom ?? 0,
  maxzoom: json?.maxzoom ?? 16,
});

/** The address of tiles: `rev` makes it a new one, looking back asks for those of then. */
export function atRevision(template: string, rev: number, back = false): string {
  const bare = template.replace(/([?&])(?:at_)?rev=[^&]*&?/u, "$1").replace(/[?&]$/u, "");
  return `${bare}${bare.includes("?") ? "&" : "?"}${back ? "at_rev" : "rev"}=${rev}`;
}

/** Finds the draft's tiles; where the server has none yet, those of the published map serve while no ground is edited. */
export async function findTiles(plan: number, rev: number, back: boolean): Promise<TilePlan> {
  const own = await read(tileJsonUrl(plan));
  if (own) {
    const atoms = own.vector_layers?.find((layer) => layer.id === "atoms");
    return {
      atoms: "draft",
      grids: "draft",
      tiles: { draft: source(own, rev, back) },
      edges: own.vector_layers?.some((layer) => layer.id === edgeLayer) ?? false,
      atomZoom: atoms?.minzoom ?? usualAtomZoom,
    };
  }
  const [atoms, grids] = await Promise.all([read("/tiles/atoms.json"), read("/tiles/grids.json")]);
  return {
    atoms: "atoms",
    grids: "grids",
    tiles: { atoms: source(atoms), grids: source(grids) },
    edges: false,
    atomZoom: atoms?.vector_layers?.[0]?.minzoom ?? usualAtomZoom,
  };
}
