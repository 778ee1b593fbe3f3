// Finds atoms by their points, without asking the map. Degrees throughout; longitudes are scaled to the latitude.

type Point = readonly [lon: number, lat: number];

const perCell = 4;

/** Points in square buckets of a few each: built once per board, asked in every frame of a stroke. */
export class PointIndex {
  private readonly cells = new Map<number, number[]>();
  private readonly size: number;
  private readonly west: number;
  private readonly south: number;
  private readonly across: number;
  private readonly cos: number;

  constructor(
    private readonly lon: readonly number[],
    private readonly lat: readonly number[],
  ) {
    let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < lon.length; i++) {
      const [x = Number.NaN, y = Number.NaN] = [lon[i], lat[i]];
      if (Number.isNaN(x) || Number.isNaN(y)) continue;
      w = Math.min(w, x);
      e = Math.max(e, x);
      s = Math.min(s, y);
      n = Math.max(n, y);
    }
    const area = Math.max(1e-9, (e - w) * (n - s));
    this.size = Math.max(1e-6, Math.sqrt((area * perCell) / Math.max(1, lon.length)));
    this.west = w;
    this.south = s;
    this.across = Math.max(1, Math.floor((e - w) / this.size) + 1);
    this.cos = Math.cos((((s + n) / 2) * Math.PI) / 180);
    for (let i = 0; i < lon.length; i++) this.put(i);
  }

  /** Positions of points within a radius, in degrees of latitude, of a point. */
  within([x, y]: Point, radius: number): number[] {
    const found: number[] = [];
    const reach = radius / this.cos;
    this.visit(x - reach, y - radius, x + reach, y + radius, (i) => {
      if (this.square(i, x, y) <= radius * radius) found.push(i);
    });
    return found;
  }

  /** Positions of points inside a ring, which closes by itself; a point on the ring may count or not. */
  inside(ring: readonly Point[]): number[] {
    if (ring.length < 3) return [];
    const lons = ring.map(([lon]) => lon);
    const lats = ring.map(([, lat]) => lat);
    const found: number[] = [];
    this.visit(Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats), (i) => {
      if (inRing(this.lon[i] ?? 0, this.lat[i] ?? 0, ring)) found.push(i);
    });
    return found;
  }

  /** The point nearest to a place within a radius in degrees of latitude; -1 for none. */
  nearest(at: Point, radius: number): number {
    let [best, least] = [-1, Infinity];
    for (const i of this.within(at, radius)) {
      const d = this.square(i, at[0], at[1]);
      if (d < least) [best, least] = [i, d];
    }
    return best;
  }

  private square(i: number, x: number, y: number): number {
    const dx = ((this.lon[i] ?? 0) - x) * this.cos;
    const dy = (this.lat[i] ?? 0) - y;
    return dx * dx + dy * dy;
  }

  private put(i: number): void {
    const key = this.column(this.lon[i] ?? Number.NaN) + this.row(this.lat[i] ?? Number.NaN) * this.across;
    if (Number.isNaN(key)) return;
    const cell = this.cells.get(key);
    if (cell) cell.push(i);
    else this.cells.set(key, [i]);
  }

  private visit(w: number, s: number, e: number, n: number, use: (i: number) => void): void {
    const inBox = (i: number): boolean => {
      const [x = 0, y = 0] = [this.lon[i], this.lat[i]];
      return x >= w && x <= e && y >= s && y <= n;
    };
    const [left, right] = [Math.max(0, this.column(w)), Math.min(this.across - 1, this.column(e))];
    for (let row = this.row(s); row <= this.row(n); row++) {
      for (let column = left; column <= right; column++) {
        this.cells.get(column + row * this.across)?.filter(inBox).forEach((i) => use(i));
      }
    }
  }

  private column(lon: number): number {
    return Math.floor((lon - this.west) / this.size);
  }

  private row(lat: number): number {
    return Math.floor((lat - this.south) / this.size);
  }
}

/** Even-odd rule. */
function inRing(x: number, y: number, ring: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] ?? [0, 0];
    const [xj, yj] = ring[j] ?? [0, 0];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Points along a way, no further apart than a step, its end included: a fast stroke leaves no holes. */
export function along(from: Point, to: Point, step: number): Point[] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const n = Math.min(400, Math.max(1, Math.ceil(Math.hypot(dx, dy) / step)));
  return Array.from({ length: n }, (_, k) => [from[0] + (dx * (k + 1)) / n, from[1] + (dy * (k + 1)) / n] as const);
}
