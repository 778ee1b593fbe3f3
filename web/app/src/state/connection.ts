import { asOf, dayWithoutMap } from "../api/asof";
import { getMeta } from "../api/client";
import { ApiProblem } from "../api/problem";
import { meta, online } from "./app";

const firstRetryMs = 1_000;
const longestRetryMs = 15_000;

/**
 * Loads what the server says of itself, and keeps asking, more and more slowly, until it answers. Later, whenever a
 * request found nobody there, it waits for the server to come back: the page reconnects by itself.
 */
export async function connect(): Promise<void> {
  for (let waitMs = firstRetryMs; ; waitMs = Math.min(longestRetryMs, waitMs * 2)) {
    try {
      meta.value = await getMeta();
      online.value = true;
      break;
    } catch (cause) {
      if (asOf.peek() !== "" && cause instanceof ApiProblem && cause.status === 404) {
        dayWithoutMap.value = asOf.peek();
        asOf.value = ""; // there was no map on that day
        continue;
      }
      online.value = false;
      await pause(waitMs);
    }
  }
}

export function keepConnected(): void {
  let waiting = false;
  online.subscribe((up) => {
    if (up || waiting || !meta.value) return;
    waiting = true;
    void connect().finally(() => {
      waiting = false;
    });
  });
  // A page left open for days must not go on showing an old edition.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && !waiting) void refresh();
  });
  addEventListener("offline", () => {
    online.value = false;
  });
}

async function refresh(): Promise<void> {
  try {
    const now = await getMeta();
    if (now.edition !== meta.value?.edition) meta.value = now;
  } catch (cause) {
    if (cause instanceof ApiProblem && cause.offline) online.value = false;
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((done) => {
    const finish = (): void => {
      clearTimeout(timer);
      removeEventListener("online", finish);
      done();
    };
    const timer = setTimeout(finish, ms);
    addEventListener("online", finish);
  });
