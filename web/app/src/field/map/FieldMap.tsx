import { effect, signal } from "@preact/signals";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState } from "preact/hooks";
import type { BBox } from "../../api/types";
import { Icon } from "../../chrome/Icon";
import { createMap } from "../../map/create";
import { light, night } from "../../map/palette";
import { online } from "../../state/app";
import type { LonLat } from "../../plan/api/types";
import { dark } from "../../state/prefs";
import { f } from "../i18n/text";
import * as w from "../state/walk";
import { commentFeatures, walkFeatures } from "./features";
import { empty, walkStyle } from "./style";

/** Where the map should go; a new value each time. */
export const goal = signal<LonLat | null>(null);

const streetZoom = 17;

interface Props {
  plan: number;
  leaf: number;
  bounds: BBox;
}

export function FieldMap({ plan, leaf, bounds }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [failed, setFailed] = useState(false);
  const isDark = dark.value;

  useEffect(() => {
    const container = holder.current;
    if (!container) return;
    const at = w.place.peek()?.at;
    let made: MapLibre;
    try {
      const style = walkStyle(plan, leaf, isDark ? night : light, isDark);
      made = createMap(container, style, bounds, at && { lon: at[0], lat: at[1], zoom: streetZoom });
    } catch {
      setFailed(true); // no WebGL2: the card below still answers
      return;
    }
    let stops: (() => void)[] = [];
    made.once("load", () => {
      stops = follow(made);
      setMap(made);
    });
    made.on("click", ({ lngLat }) => w.tapAt([lngLat.lng, lngLat.lat]));
    made.on("error", ({ error }) => {
      if (error instanceof TypeError) online.value = false;
    });
    return () => {
      for (const stop of stops) stop();
      setMap(null);
      made.remove();
    };
  }, [plan, leaf, isDark]);

  return (
    <div class="walk-map">
      <div ref={holder} class="walk-canvas" />
      {failed && <p class="walk-failed">{f("map.failed")}</p>}
      <ul class="walk-key">
        <li class="key-proposed">{f("key.proposed")}</li>
        <li class="key-now">{f("key.now")}</li>
      </ul>
      {map && <Buttons map={map} />}
    </div>
  );
}

function Buttons({ map }: { map: MapLibre }) {
  const toMe = (): void => {
    w.backToMe();
    const at = w.own.value?.at;
    if (at) map.easeTo({ center: at, zoom: Math.max(map.getZoom(), streetZoom) });
  };
  return (
    <div class="walk-buttons">
      <button type="button" aria-label={f("me.in")} title={f("me.in")} onClick={() => map.zoomIn()}>
        <Icon name="plus" />
      </button>
      <button type="button" aria-label={f("me.out")} title={f("me.out")} onClick={() => map.zoomOut()}>
        <Icon name="minus" />
      </button>
      <button type="button" aria-label={f("me.here")} title={f("me.here")} disabled={!w.own.value} onClick={toMe}>
        <Icon name="pin" />
      </button>
    </div>
  );
}

/** Keeps the marks in step with the signals, and goes to one's own place once it is known. */
function follow(map: MapLibre): (() => void)[] {
  let found = w.place.peek() !== null;
  const put = (name: string, data: GeoJSON.FeatureCollection): void => {
    void map.getSource<GeoJSONSource>(name)?.setData(data);
  };
  return [
    effect(() => put("walk", walkFeatures(w.own.value, w.place.value, w.here.value))),
    effect(() => put("comments", commentFeatures(w.comments.value))),
    effect(() => map.getCanvas().setAttribute("aria-label", f("map.label"))),
    effect(() => {
      const own = w.own.value;
      if (!own || found) return;
      found = true;
      map.jumpTo({ center: own.at, zoom: streetZoom });
    }),
    effect(() => {
      if (goal.value) map.easeTo({ center: goal.value, zoom: Math.max(map.getZoom(), streetZoom) });
    }),
    () => put("walk", empty),
  ];
}
