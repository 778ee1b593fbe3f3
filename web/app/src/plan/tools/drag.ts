import { signal } from "@preact/signals";
import type { LonLat } from "../api/types";

/** Where the held point of the border is being dragged to. */
export const drag = signal<LonLat | null>(null);
