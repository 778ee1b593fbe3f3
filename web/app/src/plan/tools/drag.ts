import { signal } from "@preact/signals";
import type { LonLat } from "../api/types";
import { p } from "../i18n/text";
import type { Snap } from "../state/snap";

/** Where the held point of the border is being dragged to. */
export const drag = signal<LonLat | null>(null);

/** What the point in hand snaps to. */
export const snapMark = signal<Snap | null>(null);

/** The word beside the mark: 吸附：道路. */
export const snapWords = ({ kind }: Snap): string => p("snap.to", { to: p(`snap.${kind}`) });
