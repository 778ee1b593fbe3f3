import type { Map as MapLibre } from "maplibre-gl";
import type { LonLat } from "../api/types";

/** A pointer on the map, as tools see it. */
export interface Pointer {
  at: LonLat;
  px: { x: number; y: number };
  shift: boolean;
  ctrl: boolean;
  alt: boolean;
  /** True for the keyboard, which points at the middle of the map. */
  keys?: boolean;
}

/** What a tool does with the pointer. A tool whose down() answers true has the gesture: the map does not pan with it. */
export interface Handler {
  cursor: string;
  down?(pointer: Pointer): boolean;
  drag?(pointer: Pointer): void;
  up?(pointer: Pointer): void;
  click?(pointer: Pointer): void;
  hover?(pointer: Pointer): void;
  /** Enter, or a second click in the same place. */
  finish?(): void;
  cancel?(): void;
}

const clickPx = 5;

/** Seven decimals are a centimetre, and the lattice of the server. */
const lattice = (lon: number, lat: number): LonLat => [Number(lon.toFixed(7)), Number(lat.toFixed(7))];

/** Feeds pointer events of the map to the tool in hand, at most one move per frame. */
export function listenTo(map: MapLibre, tool: () => Handler): () => void {
  const pane = map.getCanvasContainer();
  let start: { x: number; y: number; id: number } | null = null;
  let taken = false;
  let space = false;
  let frame = 0;
  let last: PointerEvent | null = null;

  let box = pane.getBoundingClientRect(); // asked for seldom: it makes the browser lay the page out
  const measure = (): void => {
    box = pane.getBoundingClientRect();
  };
  const read = (event: PointerEvent): Pointer => {
    const px = { x: event.clientX - box.left, y: event.clientY - box.top };
    const { lng, lat } = map.unproject([px.x, px.y]);
    return { at: lattice(lng, lat), px, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey };
  };
  const release = (): void => {
    start = null;
    taken = false;
    cancelAnimationFrame(frame);
    frame = 0;
    map.dragPan.enable();
  };
  const down = (event: PointerEvent): void => {
    measure();
    pane.dataset.by = "pointer"; // the cross of the keyboard is not shown to a hand
    if (start) {
      tool().cancel?.(); // a second finger: the hand wants to zoom
      release();
      return;
    }
    if (event.button !== 0 || space) return;
    start = { x: event.clientX, y: event.clientY, id: event.pointerId };
    taken = tool().down?.(read(event)) ?? false;
    if (taken) map.dragPan.disable();
  };
  const flush = (): void => {
    frame = 0;
    if (!last) return;
    if (taken) tool().drag?.(read(last));
    else if (!start) tool().hover?.(read(last));
  };
  const move = (event: PointerEvent): void => {
    last = event;
    frame ||= requestAnimationFrame(flush);
  };
  const up = (event: PointerEvent): void => {
    if (start?.id !== event.pointerId) return;
    const still = Math.hypot(event.clientX - start.x, event.clientY - start.y) <= clickPx;
    if (frame !== 0) {
      cancelAnimationFrame(frame);
      flush();
    }
    const pointer = read(event);
    if (taken) tool().up?.(pointer);
    else if (still) tool().click?.(pointer);
    release();
  };
  const lost = (): void => {
    if (taken) tool().cancel?.();
    release();
  };
  const key = (event: KeyboardEvent): void => {
    if (/^(?:Arrow|Tab|Enter)/u.test(event.key)) delete pane.dataset.by;
    const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, button, a");
    if (event.code === "Space" && !typing) {
      space = event.type === "keydown";
      pane.classList.toggle("panning", space);
      event.preventDefault();
    }
  };
  map.on("resize", measure);
  pane.addEventListener("pointerdown", down);
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", lost);
  addEventListener("keydown", key);
  addEventListener("keyup", key);
  return () => {
    map.off("resize", measure);
    pane.removeEventListener("pointerdown", down);
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", lost);
    removeEventListener("keydown", key);
    removeEventListener("keyup", key);
  };
}
