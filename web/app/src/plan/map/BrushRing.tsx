import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef } from "preact/hooks";
import { brushPx } from "../state/store";

/** The circle that the brush covers, moved without rendering anything. */
export function BrushRing({ map }: { map: MapLibre }) {
  const ring = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const pane = map.getCanvasContainer();
    const box = pane.getBoundingClientRect();
    const move = (event: PointerEvent): void => {
      const inside = pane.contains(event.target as Node);
      if (!ring.current) return;
      ring.current.hidden = !inside;
      ring.current.style.translate = `${event.clientX - box.left}px ${event.clientY - box.top}px`;
    };
    addEventListener("pointermove", move);
    return () => removeEventListener("pointermove", move);
  }, [map]);
  const size = `${brushPx.value * 2}px`;
  const margin = `${-brushPx.value}px`;
  return <div ref={ring} class="brush-ring" hidden aria-hidden="true" style={{ width: size, height: size, margin }} />;
}
