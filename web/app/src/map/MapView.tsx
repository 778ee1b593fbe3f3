import { effect } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState } from "preact/hooks";
import { hasGround } from "../coord/box";
import { t } from "../i18n/text";
import { meta, network } from "../state/app";
import { decodeHash } from "../state/hash";
import { createMap } from "./create";
import { levelScales } from "./levels";
import { firstStyle, follow } from "./live";
import { MapButtons } from "./MapButtons";
import { MapTip } from "./MapTip";
import { listen } from "./pointer";

/** The map itself; made once, when the server has said what there is to show. */
export function MapView() {
  const holder = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [failed, setFailed] = useState(false);
  const bounds = meta.value?.bounds;

  useEffect(() => {
    const container = holder.current;
    if (!container || !bounds) return;
    try {
      const made = start(container);
      setMap(made.map);
      return made.stop;
    } catch {
      setFailed(true); // no WebGL2: everything but the picture still works
    }
  }, [Boolean(bounds), bounds ? hasGround(bounds) : false]); // a first import gives an open page its ground

  return (
    <div class="map">
      <div ref={holder} class="map-canvas" />
      <div class="map-cross" aria-hidden="true">
        <span>{t("map.hint")}</span>
      </div>
      <MapTip />
      {failed && <p class="map-failed">{t("map.failed")}</p>}
      {map && bounds && !hasGround(bounds) && <p class="map-failed">{t("map.empty")}</p>}
      {map && <MapButtons map={map} />}
    </div>
  );
}

function start(container: HTMLElement): { map: MapLibre; stop: () => void } {
  const known = meta.peek();
  if (!known) throw new Error("the map needs the server's description first");
  const scales = levelScales(network.peek(), known.bounds);
  const map = createMap(container, firstStyle(scales), known.bounds, decodeHash(location.hash).view);
  listen(map);
  const unfollow = follow(map, scales);
  const stopLabel = effect(() => {
    map.getCanvas().setAttribute("aria-label", t("map.label"));
  });
  return {
    map,
    stop: () => {
      stopLabel();
      unfollow();
      map.remove();
    },
  };
}
