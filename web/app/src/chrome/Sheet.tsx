import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../i18n/text";
import { type SheetStop, sheetStop } from "../state/app";

const stops: readonly SheetStop[] = ["peek", "half", "full"];
const swipePx = 36; // shorter moves are taps

/** The bottom sheet of narrow screens: three heights, by swiping or by pressing its handle. */
export function Sheet({ label, children }: { label: string; children: ComponentChildren }) {
  const startY = useRef<number | null>(null);
  const swiped = useRef(false);
  const step = (by: number): void => {
    const at = stops.indexOf(sheetStop.value);
    sheetStop.value = stops[Math.max(0, Math.min(stops.length - 1, at + by))] ?? "half";
  };
  const released = (event: PointerEvent): void => {
    const from = startY.current;
    startY.current = null;
    if (from === null) return;
    const moved = event.clientY - from;
    swiped.current = Math.abs(moved) > swipePx;
    if (swiped.current) step(moved < 0 ? 1 : -1);
  };
  const full = sheetStop.value === "full";
  return (
    <aside class={`sheet sheet-${sheetStop.value}`} aria-label={label}>
      <button
        type="button"
        class="sheet-handle"
        aria-label={t(full ? "sheet.shrink" : "sheet.grow")}
        aria-expanded={sheetStop.value !== "peek"}
        onClick={() => {
          if (!swiped.current) step(full ? -2 : 1); // a swipe ends in a click too
          swiped.current = false;
        }}
        onPointerDown={(event) => {
          startY.current = event.clientY;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerUp={released}
      >
        <span />
      </button>
      {children}
    </aside>
  );
}
