import { ApiProblem } from "../../api/problem";
import { connect } from "../../state/connection";
import { spoken } from "../../state/app";
import * as api from "../api/client";
import type { Import, Kind } from "../api/types";
import { w } from "../i18n/text";
import { choice, frameToBegin, likelyKind, takeSuggested } from "./choice";
import * as s from "./store";

/** Does something that can fail, and says why when it does. */
async function attempt(job: () => Promise<void>): Promise<void> {
  s.trouble.value = "";
  s.busy.value = true;
  try {
    await job();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") return;
    s.trouble.value = cause instanceof ApiProblem ? (cause.offline ? w("offline") : cause.message) : String(cause);
    spoken.value = s.trouble.value;
  } finally {
    s.busy.value = false;
  }
}

/** Finds out who asks, and whether there is an import to go on with. */
export const begin = (): Promise<void> =>
  attempt(async () => {
    const me = await api.getMe();
    s.me.value = me;
    if (!me.can.edit) return;
    const { imports, max_bytes } = await api.listImports();
    s.maxBytes.value = max_bytes;
    const had = imports[0];
    if (!had || had.state === "done" || had.state === "receiving") return;
    s.item.value = had;
    await lookAgain();
    if (had.state === "checked") await showReport();
    else if (had.state === "ready") s.step.value = 2;
    else follow(had.state === "importing" ? 5 : 4);
  });

let stopUpload = new AbortController();

export const cancelUpload = (): void => stopUpload.abort();

export const send = (files: readonly File[]): Promise<void> =>
  attempt(async () => {
    const name = files.find((f) => f.name.toLowerCase().endsWith(".shp"))?.name ?? files[0]?.name ?? "";
    stopUpload = new AbortController();
    s.sending.value = { name, share: 0 };
    try {
      const begun = await api.upload(files, (share) => (s.sending.value = { name, share }), stopUpload.signal);
      s.item.value = begun;
      s.looked.value = begun;
      s.report.value = null;
      setKind(likelyKind(begun));
      s.frame.value = frameToBegin(begun);
      s.step.value = 2;
    } finally {
      s.sending.value = null;
    }
  });

export function setKind(kind: Kind): void {
  s.kind.value = kind;
  takeSuggested();
}

/** Reads the file again as was said: another layer, encoding or header line. */
async function lookAgain(): Promise<void> {
  const it = s.item.peek();
  if (!it) return;
  const seen = await api.look(it.id, s.reading.peek());
  s.looked.value = seen;
  if (!seen.survey.choose_layer) setKind(s.layer.peek() ? s.kind.peek() : likelyKind(seen));
  s.frame.value = frameToBegin(seen);
}

export const readAgain = (): Promise<void> => attempt(lookAgain);

export const startCheck = (): Promise<void> =>
  attempt(async () => {
    const it = s.item.peek();
    if (!it) return;
    s.report.value = null;
    s.item.value = await api.check(it.id, choice());
    follow(4);
  });

export const stopCheck = (): Promise<void> =>
  attempt(async () => {
    const it = s.item.peek();
    if (it) s.item.value = await api.stopCheck(it.id);
  });

export const acceptNow = (): Promise<void> =>
  attempt(async () => {
    const it = s.item.peek();
    const number = s.report.peek()?.number;
    if (!it || number === undefined) return;
    s.item.value = await api.accept(it.id, number, s.validFrom.peek());
    follow(5);
  });

async function showReport(): Promise<void> {
  const it = s.item.peek();
  if (!it) return;
  const found = await api.getReport(it.id);
  s.report.value = found;
  s.step.value = 4;
  const of = (severity: string): number => found.kinds.reduce((n, k) => n + (k.severity === severity ? k.count : 0), 0);
  spoken.value = w("report.told", { errors: of("error"), warnings: of("warning") });
}

/** Follows a job to its end: by events, and by asking where they break off. */
function follow(at: 4 | 5): void {
  s.step.value = at;
  const it = s.item.peek();
  if (!it) return;
  const events = new EventSource(api.eventsUrl(it.id));
  const hear = (now: Import): void => {
    if (s.item.peek()?.id !== it.id) {
      events.close();
      return;
    }
    s.item.value = now;
    if (s.running.peek()) return;
    events.close();
    void attempt(() => ended(now));
  };
  events.addEventListener("import", (event) => hear(JSON.parse((event as MessageEvent<string>).data) as Import));
  events.onerror = () => {
    events.close();
    if (s.item.peek()?.id === it.id && s.running.peek()) setTimeout(() => void askOn(it.id, at), 1000);
  };
}

async function askOn(id: string, at: 4 | 5): Promise<void> {
  try {
    s.item.value = await api.getImport(id);
  } catch (cause) {
    if (!(cause instanceof ApiProblem && cause.offline)) {
      s.trouble.value = String(cause instanceof Error ? cause.message : cause);
      return;
    }
  }
  const now = s.item.peek();
  if (s.running.peek()) follow(at);
  else if (now) await attempt(() => ended(now));
}

async function ended(now: Import): Promise<void> {
  if (now.state === "done") {
    spoken.value = w("done.title");
    await connect(); // the map has moved on
    return;
  }
  if (now.fault) spoken.value = now.fault;
  if (now.state !== "checked") {
    s.report.value = null;
    s.step.value = 4;
  } else if (s.report.peek()?.number !== now.check?.number) await showReport();
  else s.step.value = 4;
}

/** Forgets the file, here and on the server. */
export const forget = (): Promise<void> =>
  attempt(async () => {
    const it = s.item.peek();
    if (it && it.state !== "done") await api.giveUp(it.id);
    s.item.value = null;
    s.looked.value = null;
    s.report.value = null;
    for (const text of [s.layer, s.encoding, s.header, s.frame, s.network, s.newNetwork, s.level, s.newLevel, s.validFrom]) text.value = "";
    s.options.value = {};
    s.step.value = 1;
  });
