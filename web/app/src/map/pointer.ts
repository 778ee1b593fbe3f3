import type { MapGeoJSONFeature, Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { ask } from "../state/actions";
import { noteView } from "../state/address";
import { cursor, hovered, online, pointed, shownRank, zoom } from "../state/app";
import { fillId } from "./style";

/** Turns what happens on the map into questions and signals. */
export function listen(map: MapLibre): void {
  map.on("move", () => {
    zoom.value = map.getZoom();
  });
  map.on("moveend", () => noteView(viewOf(map)));
  map.on("mousemove", (event) => {
    cursor.value = { lon: event.lngLat.lng, lat: event.lngLat.lat };
    const feature = gridUnder(map, event);
    hovered.value = typeof feature?.id === "number" ? feature.id : null;
    const { name = "", code = "" } = (feature?.properties ?? {}) as { name?: string; code?: string };
    const text = name === "" ? code : name; // below the zoom of its labels a tile names only codes
    pointed.value = text ? { x: event.point.x, y: event.point.y, text } : null;
  });
  map.on("mouseout", () => {
    cursor.value = null;
    hovered.value = null;
    pointed.value = null;
  });
  map.on("click", (event) => askAt(event.lngLat));
  map.on("error", ({ error }) => {
    // No answer at all, rather than a wrong one: the server is away.
    if (error instanceof TypeError || (error as { status?: number }).status === 0) online.value = false;
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") askAt(map.getCenter());
  });
  zoom.value = map.getZoom();
}

const viewOf = (map: MapLibre): { zoom: number; lat: number; lon: number } => {
  const { lng, lat } = map.getCenter();
  return { zoom: map.getZoom(), lat, lon: lng };
};

function gridUnder(map: MapLibre, event: MapMouseEvent): MapGeoJSONFeature | undefined {
  const layer = fillId(shownRank.peek());
  if (!map.getLayer(layer)) return undefined;
  return map.queryRenderedFeatures(event.point, { layers: [layer] })[0];
}

/** A click is a point on this map, whose frame is WGS84; seven decimals are a centimetre. */
function askAt({ lng, lat }: { lng: number; lat: number }): void {
  void ask({ lon: Number(lng.toFixed(7)), lat: Number(lat.toFixed(7)), crs: "wgs84" });
}
