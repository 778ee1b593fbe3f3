import { Map as MapLibre, ScaleControl, type StyleSpecification, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { boxToShow } from "../coord/box";
import type { View } from "../state/hash";
import { ownRequest } from "./request";

/** A map without anything from outside: the worker is a file of this page and every address is cut to this origin. */
export function createMap(
  container: HTMLElement,
  style: StyleSpecification,
  bounds: readonly number[],
  view?: View,
): MapLibre {
  setWorkerUrl(new URL(workerUrl, location.href).href);
  const map = new MapLibre({
    container,
    style,
    ...(view
      ? { center: [view.lon, view.lat] as [number, number], zoom: view.zoom }
      : { bounds: boxToShow(bounds), fitBoundsOptions: { padding: 28 } }),
    minZoom: 4,
    maxZoom: 20,
    maxPitch: 0,
    pitchWithRotate: false,
    attributionControl: false,
    fadeDuration: 160,
    transformRequest: (url) => ownRequest(url),
  });
  map.addControl(new ScaleControl({ maxWidth: 110, unit: "metric" }), "bottom-left");
  map.touchZoomRotate.disableRotation();
  map.dragRotate.disable();
  map.on("movestart", () => unrest(map));
  map.on("idle", () => {
    container.dataset.idle = "true"; // everything in view has been drawn
  });
  return map;
}

/** Notes that the map is about to look otherwise: it says so itself when it does. */
export function unrest(map: MapLibre): void {
  map.getContainer().dataset.idle = "false";
}
