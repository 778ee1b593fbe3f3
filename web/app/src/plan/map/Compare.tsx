import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState } from "preact/hooks";
import { createMap } from "../../map/create";
import { levelScales } from "../../map/levels";
import { light, night } from "../../map/palette";
import { buildStyle } from "../../map/style";
import { meta } from "../../state/app";
import { dark } from "../../state/prefs";
import { p } from "../i18n/text";
import * as s from "../state/store";

const keyStep = 0.05;

/**
 * The map in force, or that of another day, over the draft: up to a line that is moved by hand or with the arrow keys,
 * or the whole of it.
 */
export function Compare({ map, day = "", whole = false }: { map: MapLibre; day?: string; whole?: boolean }) {
  const holder = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(whole ? 1 : 0.5);
  const isDark = dark.value;
  useEffect(() => {
    const container = holder.current;
    const network = s.planNetwork.peek();
    const known = meta.peek();
    if (!container || !network || !known) return;
    const scales = levelScales(network, known.bounds);
    const leaf = scales.at(-1)?.level.rank ?? 0;
    const style = buildStyle(scales, isDark ? night : light, { rank: leaf, byHand: true }, day);
    const { lng: lon, lat } = map.getCenter();
    const before = createMap(container, style, known.bounds, { lon, lat, zoom: map.getZoom() });
    const follow = (): void => void before.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
    map.on("move", follow);
    before.once("load", () => before.resize());
    before.getCanvas().tabIndex = -1;
    return () => {
      map.off("move", follow);
      before.remove();
    };
  }, [map, isDark, day]);

  const drag = (event: PointerEvent): void => {
    if (!(event.buttons & 1) || !frame.current) return;
    const box = frame.current.getBoundingClientRect();
    setShare(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)));
  };
  const keys = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -keyStep, ArrowRight: keyStep }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setShare((now) => Math.max(0, Math.min(1, now + by)));
  };
  const percent = `${share * 100}%`;
  return (
    <div ref={frame} class="compare">
      <div class="compare-before" style={{ clipPath: `inset(0 ${100 - share * 100}% 0 0)` }}>
        <div ref={holder} class="map-canvas" />
      </div>
      {!whole && <div
        class="compare-line"
        role="slider"
        tabIndex={0}
        aria-label={p("compare.label")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        style={{ left: percent }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={keys}
      >
        <span class="compare-names" aria-hidden="true">
          {p("compare.before")} ◀ ▶ {p("compare.after")}
        </span>
      </div>}
    </div>
  );
}
