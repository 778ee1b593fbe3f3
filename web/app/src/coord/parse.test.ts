import { describe, expect, test } from "vitest";
import { circleRing, ringBox } from "./circle";
import { parseCoordinate, swapped } from "./parse";

const taichung = [120.64, 24.1, 120.72, 24.18] as const;

describe("a pasted coordinate", () => {
  const cases: [string, number, number, string][] = [
    ["120.68, 24.14", 120.68, 24.14, "lonlat"],
    ["120.68，24.14", 120.68, 24.14, "lonlat"],
    ["24.14 120.68", 120.68, 24.14, "latlon"],
    ["24.14N, 120.68E", 120.68, 24.14, "said"],
    ["E120.68 N24.14", 120.68, 24.14, "said"],
    ["东经120.68 北纬24.14", 120.68, 24.14, "said"],
    ["120°40′48″E 24°8′24″N", 120.68, 24.14, "said"],
    ["120°40'48\" 24°8'24\"", 120.68, 24.14, "lonlat"],
    ["北纬24度8分24秒 东经120度40分48秒", 120.68, 24.14, "said"],
    ["１２０．６８，２４．１４", 120.68, 24.14, "lonlat"],
    ["POINT(120.68 24.14)", 120.68, 24.14, "lonlat"],
    ['{"lon": 120.68, "lat": 24.14}', 120.68, 24.14, "said"],
    ["lat=24.14, lon=120.68", 120.68, 24.14, "said"],
    ["116.4W 33.9S", -116.4, -33.9, "said"],
  ];
  test.each(cases)("%s is read", (text, lon, lat, orderBy) => {
    const p = parseCoordinate(text, taichung);
    expect(p.ok && { ...p, lon: p.lon.toFixed(6), lat: p.lat.toFixed(6) }).toMatchObject({
      lon: lon.toFixed(6),
      lat: lat.toFixed(6),
      orderBy,
    });
  });

  test("that would also be valid the other way round says so", () => {
    expect(parseCoordinate("31.2, 30.1")).toMatchObject({ orderBy: "guess", ambiguous: true, lon: 31.2 });
    expect(parseCoordinate("30.1, 31.2", [31, 30, 31.5, 30.5])).toMatchObject({
      orderBy: "bounds",
      lon: 31.2,
      ambiguous: true,
    });
    const p = parseCoordinate("31.2, 30.1");
    expect(p.ok && swapped(p)).toMatchObject({ lon: 30.1, lat: 31.2 });
  });

  test.each([
    ["", "empty"],
    ["台中市政府", "shape"],
    ["120.68", "shape"],
    ["1 2 3", "shape"],
    ["200, 100", "range"],
    ["120°61'0\" 24°0'0\"", "range"],
    ["E120 E24", "conflict"],
    ["N120.68 E24.14", "range"],
  ])("%s is refused", (text, reason) => {
    expect(parseCoordinate(text)).toEqual({ ok: false, reason });
  });
});

test("an accuracy circle is closed and as wide as it says", () => {
  const ring = circleRing(120.68, 24.14, 100);
  expect(ring[0]).toEqual(ring.at(-1));
  const atTheEquator = circleRing(120, 0, 100);
  expect(atTheEquator[0]).toEqual(atTheEquator.at(-1));
  const [w, s, e, n] = ringBox(ring);
  expect((n - s) * 111195).toBeCloseTo(200, 0);
  expect((e - w) * 111195 * Math.cos((24.14 * Math.PI) / 180)).toBeCloseTo(200, 0);
});
