import type { LonLat, PlanComment } from "../../plan/api/types";

const metresPerDegree = 6371008.8 * (Math.PI / 180); // mean Earth radius: half a percent at most, for a list by distance

/** Metres east and north from one place to another near it. */
function offsetM([lon, lat]: LonLat, [lon2, lat2]: LonLat): [east: number, north: number] {
  return [(lon2 - lon) * metresPerDegree * Math.cos((lat * Math.PI) / 180), (lat2 - lat) * metresPerDegree];
}

export function distanceM(a: LonLat, b: LonLat): number {
  return Math.hypot(...offsetM(a, b));
}

type Compass = "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw";
const winds: readonly Compass[] = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

/** The direction from one place to another, of eight. */
export function compass(from: LonLat, to: LonLat): Compass {
  const [east, north] = offsetM(from, to);
  const turn = Math.round(Math.atan2(east, north) / (Math.PI / 4));
  return winds[(turn + 8) % 8] ?? "n";
}

interface NearComment {
  comment: PlanComment;
  /** Null: it is about no place. */
  awayM: number | null;
}

/** The nearest remarks first, open ones before settled; those about no place last. */
export function byDistance(all: readonly PlanComment[], from: LonLat | null): NearComment[] {
  const far = Number.MAX_VALUE;
  return all
    .map((comment) => ({ comment, awayM: comment.point && from ? distanceM(from, comment.point) : null }))
    .sort(
      (a, b) =>
        Number(Boolean(a.comment.settled_by)) - Number(Boolean(b.comment.settled_by)) ||
        (a.awayM ?? far) - (b.awayM ?? far) ||
        b.comment.id - a.comment.id,
    );
}
