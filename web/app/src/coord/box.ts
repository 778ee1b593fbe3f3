/** West, south, east, north, degrees. */
type Box = [number, number, number, number];

const china: Box = [73.6, 17.8, 134.8, 53.6];

/** Whether a map has ground: one without grids says an empty box, which no map can be fitted to. */
export function hasGround(bounds: readonly number[]): bounds is Box {
  const [w = 0, , e = 0] = bounds;
  return bounds.length === 4 && bounds.every(Number.isFinite) && w < e;
}

/** What to show of a map: its ground, or the country where there is none yet. */
export const boxToShow = (bounds: readonly number[]): Box => (hasGround(bounds) ? bounds : china);
