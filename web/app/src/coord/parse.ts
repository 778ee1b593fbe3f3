// Reads a coordinate as people paste it: "120.68, 24.14", "24.14 120.68", "E120°40′48″ N24°8′24″", "东经120.68 北纬24.14".
// What cannot be told from the text alone is reported as a doubt, never settled in silence.

type Bounds = readonly [west: number, south: number, east: number, north: number];

/**
 * Why the order was chosen: `said` by letters or words; `lonlat` and `latlon` because one number is too large for a
 * latitude; `bounds` because only this order lies in the jurisdiction; `guess` when nothing decides.
 */
export type OrderBy = "said" | "lonlat" | "latlon" | "bounds" | "guess";

export interface Parsed {
  ok: true;
  lon: number;
  lat: number;
  orderBy: OrderBy;
  /** True when the numbers would also be a valid coordinate the other way round. */
  ambiguous: boolean;
}

interface Unparsed {
  ok: false;
  /** `shape`: not two numbers; `range`: a number no coordinate has; `conflict`: two longitudes or two latitudes. */
  reason: "empty" | "shape" | "range" | "conflict";
}

type Axis = "lon" | "lat" | undefined;
interface Token {
  value: number;
  axis: Axis;
}

const mark = "东经|西经|北纬|南纬|经度|纬度|longitude|latitude|lng|lon|lat|[EWNS]";
const number = String.raw`([+-]?\d+(?:\.\d+)?)(?:\s*[°º度]\s*(?:(\d+(?:\.\d+)?)\s*['′’分]\s*(?:(\d+(?:\.\d+)?)\s*(?:["″”秒]|''|′′))?)?)?`;
const markedBefore = new RegExp(String.raw`(${mark})\s*[:=]?\s*${number}`, "giu");
const markedAfter = new RegExp(String.raw`${number}\s*([EWNS])?`, "giu");

export function parseCoordinate(text: string, bounds?: Bounds): Parsed | Unparsed {
  const plain = normalise(text);
  if (!plain) return { ok: false, reason: "empty" };
  const tokens = tokenise(plain);
  if (tokens === "range") return { ok: false, reason: "range" };
  const [first, second] = tokens ?? [];
  if (!first || !second) return { ok: false, reason: "shape" };
  return order(first, second, bounds);
}

/** The same two numbers read the other way round. */
export const swapped = (p: Parsed): Parsed => ({ ...p, lon: p.lat, lat: p.lon, orderBy: "said" });

function normalise(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[，、；;|]/gu, ",")
    .replace(/["']?([a-z]{3,9})["']?\s*:/giu, "$1:")
    .replace(/\bPOINT\b|[()[\]{}]/giu, " ")
    .trim();
}

function tokenise(text: string): Token[] | "range" | null {
  const before = new RegExp(String.raw`^\s*(?:${mark})`, "iu").test(text);
  const pattern = before ? markedBefore : markedAfter;
  const rest = text.replace(pattern, " ").replace(/[\s,/]/gu, "");
  if (rest) return null;
  const tokens: Token[] = [];
  for (const m of text.matchAll(pattern)) {
    const [degrees, minutes, seconds, sign] = before ? [m[2], m[3], m[4], m[1]] : [m[1], m[2], m[3], m[4]];
    const value = toDegrees(degrees ?? "", minutes, seconds, sign);
    if (value === null) return "range";
    tokens.push({ value, axis: axisOf(sign) });
  }
  return tokens.length === 2 ? tokens : null;
}

function toDegrees(degrees: string, minutes = "0", seconds = "0", sign = ""): number | null {
  const m = Number(minutes);
  const s = Number(seconds);
  if (m >= 60 || s >= 60) return null;
  const size = Math.abs(Number(degrees)) + m / 60 + s / 3600;
  const negative = degrees.startsWith("-") !== /^(西经|南纬|[WS])$/iu.test(sign);
  return negative ? -size : size;
}

function axisOf(sign: string | undefined): Axis {
  if (!sign) return undefined;
  if (/^(东经|西经|经度|longitude|lng|lon|[EW])$/iu.test(sign)) return "lon";
  return "lat";
}

function order(first: Token, second: Token, bounds?: Bounds): Parsed | Unparsed {
  const [a, b] = [first.value, second.value];
  if (first.axis && first.axis === second.axis) return { ok: false, reason: "conflict" };
  if (first.axis || second.axis) {
    const lonFirst = first.axis === "lon" || second.axis === "lat";
    const said = lonFirst ? { lon: a, lat: b } : { lon: b, lat: a };
    return valid(said.lon, said.lat)
      ? { ok: true, ...said, orderBy: "said", ambiguous: false }
      : { ok: false, reason: "range" };
  }
  const lonLat = valid(a, b);
  const latLon = valid(b, a);
  if (lonLat && latLon) return undecided(a, b, bounds);
  if (lonLat) return { ok: true, lon: a, lat: b, orderBy: "lonlat", ambiguous: false };
  if (latLon) return { ok: true, lon: b, lat: a, orderBy: "latlon", ambiguous: false };
  return { ok: false, reason: "range" };
}

function undecided(a: number, b: number, bounds?: Bounds): Parsed {
  const here = bounds ? within(a, b, bounds) : false;
  const there = bounds ? within(b, a, bounds) : false;
  if (there && !here) return { ok: true, lon: b, lat: a, orderBy: "bounds", ambiguous: true };
  return { ok: true, lon: a, lat: b, orderBy: here && !there ? "bounds" : "guess", ambiguous: true };
}

const valid = (lon: number, lat: number): boolean => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

const within = (lon: number, lat: number, [w, s, e, n]: Bounds): boolean =>
  lon >= w - 0.5 && lon <= e + 0.5 && lat >= s - 0.5 && lat <= n + 0.5;
