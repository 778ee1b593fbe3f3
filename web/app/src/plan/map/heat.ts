import { effect } from "@preact/signals";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { getHeat, type Box, type HeatAnswer } from "../api/layers";
import type { LonLat } from "../api/types";
import * as s from "../state/store";
import { finest, heatAnswer, heatNow } from "../state/under";

const restMs = 250;

/** Cells of some sixty to a hundred pixels at any zoom, as far as the server has them. */
export const resolutionAt = (zoom: number, finestRes: number): number =>
  Math.max(6, Math.min(finestRes, Math.round(9 + (zoom - 14) / 1.4)));

/** Keeps the heat of what is in view on the map while a measure is chosen. */
export function followHeat(map: MapLibre): () => void {
  let timer = 0;
  let asking = new AbortController();
  const ask = async (): Promise<void> => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const [plan, measure] = [s.plan.peek(), heatNow.peek()];
    if (!plan || !measure) return;
    const b = map.getBounds();
    const box: Box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
    try {
      const answer = await getHeat(plan.id, measure, resolutionAt(map.getZoom(), finest.peek()), box, signal);
      if (signal.aborted) return;
      heatAnswer.value = answer;
      void map.getSource<GeoJSONSource>("heat")?.setData(heatFeatures(answer));
    } catch {
      if (!signal.aborted) heatAnswer.value = null; // the map stays as it was; the legend says nothing
    }
  };
  const soon = (): void => {
    clearTimeout(timer);
    if (heatNow.peek()) timer = window.setTimeout(() => void ask(), restMs);
  };
  const stop = effect(() => {
    void s.board.value;
    if (!heatNow.value) heatAnswer.value = null;
    soon();
  });
  map.on("moveend", soon);
  return () => {
    clearTimeout(timer);
    asking.abort();
    map.off("moveend", soon);
    stop();
  };
}

/** Cells, and a point in the middle of each for its number: a polygon would be labelled once in every tile it is in. */
function heatFeatures({ features }: HeatAnswer): GeoJSON.FeatureCollection {
  const cells = features as unknown as GeoJSON.Feature[];
  const points = features.map(({ geometry, properties }): GeoJSON.Feature => ({
    type: "Feature",
    properties: { ...properties },
    geometry: { type: "Point", coordinates: middleOf(geometry.coordinates[0] ?? []) },
  }));
  return { type: "FeatureCollection", features: [...cells, ...points] };
}

function middleOf(ring: readonly LonLat[]): LonLat {
  const corners = ring.slice(0, -1);
  const n = Math.max(1, corners.length);
  const [x, y] = corners.reduce(([a, b], [lon, lat]) => [a + lon, b + lat], [0, 0]);
  return [x / n, y / n];
}
