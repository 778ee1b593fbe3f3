import { isDay } from "../api/asof";
import type { Crs, PointQuery } from "../api/types";

/** What the address bar keeps, so that a copied link shows the same thing: view, level, and what was asked. */
export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export interface HashState {
  view?: View;
  point?: PointQuery;
  grid?: number;
  /** Rank of the level chosen by hand; absent means by zoom. */
  level?: number;
  /** The day that the map is shown of; absent means now. */
  at?: string;
}

const systems: readonly string[] = ["wgs84", "cgcs2000", "gcj02", "bd09"];

export function encodeHash(s: HashState): string {
  const parts: string[] = [];
  if (s.view) parts.push(`map=${round(s.view.zoom, 2)}/${round(s.view.lat, 5)}/${round(s.view.lon, 5)}`);
  if (s.level !== undefined) parts.push(`level=${s.level}`);
  if (s.at !== undefined) parts.push(`at=${s.at}`);
  if (s.point) {
    const { lon, lat, crs, accuracyM } = s.point;
    parts.push(`point=${[round(lon, 7), round(lat, 7), crs, ...(accuracyM ? [accuracyM] : [])].join(",")}`);
  } else if (s.grid !== undefined) {
    parts.push(`grid=${s.grid}`);
  }
  return parts.length ? `#${parts.join("&")}` : "";
}

/** Reads a hash; whatever in it makes no sense is left out. */
export function decodeHash(hash: string): HashState {
  const params = new URLSearchParams(hash.replace(/^#/u, ""));
  const state: HashState = {};
  const view = numbers(params.get("map"), "/");
  const [zoom, lat, lon] = view;
  if (zoom !== undefined && lat !== undefined && lon !== undefined && inRange(lon, lat) && zoom >= 0 && zoom <= 24) {
    state.view = { zoom, lat, lon };
  }
  const point = decodePoint(params.get("point"));
  if (point) state.point = point;
  const grid = wholeNumber(params.get("grid"));
  if (grid !== undefined && !point) state.grid = grid;
  const level = wholeNumber(params.get("level"));
  if (level !== undefined) state.level = level;
  const at = params.get("at");
  if (isDay(at)) state.at = at;
  return state;
}

function decodePoint(text: string | null): PointQuery | undefined {
  const [lonText, latText, crs, accuracyText] = (text ?? "").split(",");
  const [lon = Number.NaN, lat = Number.NaN] = numbers([lonText, latText].join(","), ",");
  if (!crs || !systems.includes(crs) || !inRange(lon, lat)) return undefined;
  const accuracyM = Number(accuracyText ?? 0);
  return { lon, lat, crs: crs as Crs, ...(accuracyM > 0 && Number.isFinite(accuracyM) ? { accuracyM } : {}) };
}

const inRange = (lon: number, lat: number): boolean => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

const wholeNumber = (text: string | null): number | undefined =>
  text !== null && /^\d{1,15}$/u.test(text) ? Number(text) : undefined;

const numbers = (text: string | null, separator: string): number[] =>
  (text ?? "").split(separator).map((part) => (part === "" ? Number.NaN : Number(part)));

const round = (value: number, digits: number): string => String(Number(value.toFixed(digits)));
