// What a point in hand snaps to: exact coordinates as the server has them, never those of tiles, which are rounded.

import type { LonLat } from "../api/types";

type SnapKind = "vertex" | "building" | "road";

export interface Snap {
  at: LonLat;
  kind: SnapKind;
}

type Segment = readonly [LonLat, LonLat];

interface Nearest {
  at: LonLat;
  square: number;
}

const cellDegrees = 0.0004; // some forty metres: a few buildings

const rounded = (v: number): number => Number(v.toFixed(7));

const keyOf = (at: LonLat): string => `${at[0].toFixed(7)},${at[1].toFixed(7)}`;

/** Segments in square buckets; a point is a segment between itself. */
export class SegmentIndex {
  private readonly cells = new Map<string, Segment[]>();

  add(a: LonLat, b: LonLat): void {
    const segment: Segment = [a, b];
    this.visit(Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1]), (key) => {
      const cell = this.cells.get(key);
      if (cell) cell.push(segment);
      else this.cells.set(key, [segment]);
    });
  }

  /** The nearest place on a segment within a radius in degrees of latitude, rounded to the lattice. */
  nearest(at: LonLat, radius: number, skip: ReadonlySet<string>): Nearest | null {
    const cos = Math.cos((at[1] * Math.PI) / 180);
    let best: Nearest | null = null;
    this.visit(at[0] - radius / cos, at[1] - radius, at[0] + radius / cos, at[1] + radius, (key) => {
      for (const segment of this.cells.get(key) ?? []) {
        const found = closest(at, segment, cos);
        if (found.square <= radius * radius && found.square < (best?.square ?? Infinity) && !skip.has(keyOf(found.at))) best = found;
      }
    });
    return best;
  }

  private visit(w: number, s: number, e: number, n: number, use: (key: string) => void): void {
    for (let x = Math.floor(w / cellDegrees); x <= Math.floor(e / cellDegrees); x++) {
      for (let y = Math.floor(s / cellDegrees); y <= Math.floor(n / cellDegrees); y++) use(`${x},${y}`);
    }
  }
}

function closest(at: LonLat, [a, b]: Segment, cos: number): Nearest {
  const [dx, dy] = [(b[0] - a[0]) * cos, b[1] - a[1]];
  const [px, py] = [(at[0] - a[0]) * cos, at[1] - a[1]];
  const long = dx * dx + dy * dy;
  const t = long > 0 ? Math.max(0, Math.min(1, (px * dx + py * dy) / long)) : 0;
  const [qx, qy] = [px - t * dx, py - t * dy];
  const on: LonLat = t === 0 ? a : t === 1 ? b : [rounded(a[0] + t * (b[0] - a[0])), rounded(a[1] + t * (b[1] - a[1]))];
  return { at: on, square: qx * qx + qy * qy };
}

/** Everything near the screen that can be snapped to, in the order of what comes first. */
export class Snaps {
  readonly vertices = new SegmentIndex();
  private readonly corners = new SegmentIndex();
  private readonly walls = new SegmentIndex();
  private readonly roads = new SegmentIndex();

  addVertex(at: LonLat): void {
    this.vertices.add(at, at);
  }

  addBuilding(ring: readonly LonLat[]): void {
    ring.forEach((at, i) => {
      this.corners.add(at, at);
      const before = ring[i - 1];
      if (before) this.walls.add(before, at);
    });
  }

  addRoad(line: readonly LonLat[]): void {
    line.forEach((at, i) => {
      const before = line[i - 1];
      if (before) this.roads.add(before, at);
    });
  }

  /** A vertex in reach comes before a building, its corners before its walls, and a building before a road. */
  find(at: LonLat, radius: number, without: readonly LonLat[] = []): Snap | null {
    const skip = new Set(without.map(keyOf));
    const order: [SegmentIndex, SnapKind][] = [
      [this.vertices, "vertex"],
      [this.corners, "building"],
      [this.walls, "building"],
      [this.roads, "road"],
    ];
    for (const [index, kind] of order) {
      const found = index.nearest(at, radius, skip);
      if (found) return { at: found.at, kind };
    }
    return null;
  }
}
