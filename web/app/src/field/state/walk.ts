import { signal } from "@preact/signals";
import { ApiProblem } from "../../api/problem";
import type { LonLat, Plan, PlanComment } from "../../plan/api/types";
import { online } from "../../state/app";
import { f } from "../i18n/text";
import { getHere, getPlan, type Here, listComments } from "./api";
import { distanceM } from "./near";

/** A place and how sure it is: by the satellites, or by a finger on the map. */
export interface Place {
  at: LonLat;
  /** Radius in metres; 0 for a place that was tapped. */
  accuracyM: number;
  by: "gps" | "tap";
}

/** What became of asking where one is. */
type Gps = "waiting" | "on" | "refused" | "insecure" | "failed" | "off";

export const plan = signal<Plan | null>(null);
export const trouble = signal("");
export const gps = signal<Gps>("waiting");
/** Where the satellites see one. */
export const own = signal<Place | null>(null);
/** The place that the page speaks about: one's own, or one that was tapped. */
export const place = signal<Place | null>(null);
export const here = signal<Here | null>(null);
/** The place that `here` answers for; it stays when the network goes. */
export const hereAt = signal<LonLat | null>(null);
export const comments = signal<PlanComment[]>([]);

/** Coarser than this says nothing about a border between houses. */
export const coarseM = 100;
const movedM = 2;

export async function openWalk(id: number): Promise<void> {
  trouble.value = "";
  try {
    plan.value = await getPlan(id);
    await refreshComments();
  } catch (cause) {
    complain(cause);
  }
}

export async function refreshComments(): Promise<void> {
  const id = plan.value?.id;
  if (id === undefined) return;
  try {
    comments.value = await listComments(id);
  } catch (cause) {
    complain(cause);
  }
}

function complain(cause: unknown): void {
  if (cause instanceof ApiProblem && cause.offline) online.value = false;
  else trouble.value = cause instanceof ApiProblem ? cause.message : f("send.broken");
}

/** Follows one's own position; returns what stops it. */
export function followMe(): () => void {
  if (!isSecureContext) {
    gps.value = "insecure";
    return () => undefined;
  }
  if (!("geolocation" in navigator)) {
    gps.value = "failed";
    return () => undefined;
  }
  const watch = navigator.geolocation.watchPosition(
    ({ coords }) => {
      gps.value = "on";
      own.value = { at: [coords.longitude, coords.latitude], accuracyM: coords.accuracy, by: "gps" };
      if (place.value?.by !== "tap") place.value = own.value;
    },
    (why) => {
      gps.value = why.code === why.PERMISSION_DENIED ? "refused" : "failed";
    },
    { enableHighAccuracy: true, maximumAge: 2_000, timeout: 20_000 },
  );
  return () => navigator.geolocation.clearWatch(watch);
}

export const tapAt = (at: LonLat): void => {
  place.value = { at, accuracyM: 0, by: "tap" };
};

export const backToMe = (): void => {
  place.value = own.value;
};

let asking = new AbortController();

/** Asks which grid holds the place, unless that was just asked of one a step away. */
export async function askHere(id: number, now: Place): Promise<void> {
  const last = hereAt.peek();
  if (last && here.peek() && distanceM(last, now.at) < movedM) return;
  asking.abort();
  const mine = (asking = new AbortController());
  try {
    const answer = await getHere(id, now.at, mine.signal);
    here.value = answer;
    hereAt.value = now.at;
    online.value = true;
  } catch (cause) {
    if (!mine.signal.aborted) complain(cause);
  }
}
