import { pointed } from "../state/app";

const besideCursorPx = 14;

/** The name of the grid under the mouse; on touch screens and for the keyboard the panel says it. */
export function MapTip() {
  const at = pointed.value;
  if (!at) return null;
  return (
    <div
      class="map-tip"
      aria-hidden="true"
      style={{ transform: `translate(${at.x + besideCursorPx}px, ${at.y + besideCursorPx}px)` }}
    >
      {at.text}
    </div>
  );
}
