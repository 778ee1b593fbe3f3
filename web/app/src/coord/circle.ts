const metresPerDegree = 6371008.8 * (Math.PI / 180); // mean Earth radius: half a percent at most, for a circle on screen

/** A closed ring of lon/lat degrees around a point; good to 1 % for radii below 50 km away from the poles. */
export function circleRing(lon: number, lat: number, radiusM: number, corners = 72): [number, number][] {
  const dLat = radiusM / metresPerDegree;
  const dLon = dLat / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  const ring: [number, number][] = [];
  for (let i = 0; i <= corners; i++) {
    const turn = ((i % corners) / corners) * 2 * Math.PI;
    ring.push([lon + dLon * Math.cos(turn), lat + dLat * Math.sin(turn)]);
  }
  return ring;
}

/** The box west, south, east, north of a ring. */
export function ringBox(ring: readonly (readonly [number, number])[]): [number, number, number, number] {
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
