import { batch } from "@preact/signals";
import { getGrid, getGridShape, resolvePoint } from "../api/client";
import { ApiProblem } from "../api/problem";
import type { Answer, BBox, PointQuery } from "../api/types";
import { boxToShow } from "../coord/box";
import { circleRing, ringBox } from "../coord/circle";
import { answerSentence, gridSentence } from "../i18n/sentences";
import { t } from "../i18n/text";
import {
  type CameraGoal,
  camera,
  meta,
  network,
  online,
  outline,
  type Selection,
  selectedGrid,
  selection,
  sheetStop,
  spoken,
  tab,
} from "./app";
import { narrow } from "./prefs";

let running = new AbortController();

/** Stops what is still under way, so that a late answer never overwrites a newer question. */
function restart(): AbortSignal {
  running.abort();
  running = new AbortController();
  return running.signal;
}

/** Asks who is responsible for a point. `show` moves the map there, for points that did not come from a click. */
export async function ask(query: PointQuery, show = false): Promise<void> {
  const signal = restart();
  batch(() => {
    selection.value = { kind: "point", query, busy: true };
    outline.value = null;
    reveal();
  });
  try {
    const answer = await resolvePoint(query, network.value.code, signal);
    batch(() => {
      online.value = true;
      selection.value = { kind: "point", query, busy: false, answer };
      spoken.value = answerSentence(answer);
      if (show) camera.value = aroundPoint(answer);
    });
    await addDetail(signal, show);
  } catch (cause) {
    fail(cause, signal, (problem) => ({ kind: "point", query, busy: false, problem }));
  }
}

/** Opens one grid, as the list, the search and the links of a chain do. */
export async function openGrid(id: number, show = true): Promise<void> {
  const signal = restart();
  batch(() => {
    selection.value = { kind: "grid", id, busy: true };
    outline.value = null;
    reveal();
  });
  try {
    const detail = await getGrid(id, signal);
    batch(() => {
      online.value = true;
      selection.value = { kind: "grid", id, busy: false, detail };
      spoken.value = gridSentence(detail);
      if (show) camera.value = { box: detail.bbox };
    });
    outline.value = await getGridShape(id, signal);
  } catch (cause) {
    fail(cause, signal, (problem) => ({ kind: "grid", id, busy: false, problem }));
  }
}

export function clearSelection(): void {
  restart();
  batch(() => {
    selection.value = { kind: "none" };
    outline.value = null;
    spoken.value = "";
  });
}

export function askAgain(): void {
  const s = selection.value;
  if (s.kind === "point") void ask(s.query);
  if (s.kind === "grid") void openGrid(s.id, false);
}

export function wholeArea(): void {
  if (meta.value) camera.value = { box: boxToShow(meta.value.bounds) };
}

/** Close enough to see the accuracy circle and what it touches. */
function aroundPoint({ point, accuracy_m }: Answer): CameraGoal {
  return accuracy_m > 0 ? { box: ringBox(circleRing(point.lon, point.lat, accuracy_m * 3)) } : { point };
}

/** A point outside together with the grid nearest to it. */
function withNearest({ point }: Answer, [w, s, e, n]: BBox): CameraGoal {
  const corners: [number, number][] = [
    [point.lon, point.lat],
    [w, s],
    [e, n],
  ];
  return { box: ringBox(corners) };
}

/** Counts and outline of the grid an answer names: asked after the answer, which must not wait for them. */
async function addDetail(signal: AbortSignal, show: boolean): Promise<void> {
  const id = selectedGrid.value;
  if (id === null) return;
  const [detail, shape] = await Promise.all([getGrid(id, signal), getGridShape(id, signal)]);
  const s = selection.value;
  batch(() => {
    if (s.kind !== "point" || !s.answer || signal.aborted) return;
    selection.value = { ...s, detail };
    outline.value = shape;
    if (show && s.answer.status === "outside") camera.value = withNearest(s.answer, detail.bbox);
  });
}

function fail(cause: unknown, signal: AbortSignal, failed: (problem: ApiProblem) => Selection): void {
  if (signal.aborted) return;
  const problem = cause instanceof ApiProblem ? cause : new ApiProblem(String(cause), -1, "");
  batch(() => {
    const s = selection.value;
    if (problem.offline) online.value = false;
    // An answer already on screen stays: only its extras are missing.
    if (s.kind !== "point" || !s.answer) selection.value = failed(problem);
    spoken.value = problem.offline ? t("offline.title") : problem.message;
  });
}

function reveal(): void {
  if (!narrow.value) return;
  tab.value = "answer";
  if (sheetStop.value === "peek") sheetStop.value = "half";
}
