import { eventsUrl } from "../api/client";
import type { Effects, Plan, PlanComment } from "../api/types";

interface Heard {
  op: (rev: number, actor: string, effects: Effects) => void;
  plan: (plan: Plan) => void;
  comment: (comment: PlanComment) => void;
  presence: (who: string[]) => void;
  /** The stream stands, for the first time or again: what was missed meanwhile must be asked for. */
  opened: () => void;
  broken: () => void;
}

const firstRetryMs = 700;
const longestRetryMs = 10_000;

/** Listens to a draft until stopped. The browser resumes a stream that broke; one that was refused is opened anew here. */
export function followPlan(id: number, rev: () => number, heard: Heard): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let waitMs = firstRetryMs;

  const open = (): void => {
    const mine = new EventSource(eventsUrl(id, rev()));
    source = mine;
    mine.onopen = () => {
      waitMs = firstRetryMs;
      heard.opened();
    };
    mine.onerror = () => {
      heard.broken();
      if (mine.readyState !== EventSource.CLOSED) return;
      timer = window.setTimeout(open, waitMs);
      waitMs = Math.min(longestRetryMs, waitMs * 2);
    };
    const on = (name: string, use: (data: unknown) => void): void =>
      mine.addEventListener(name, (event) => {
        try {
          use(JSON.parse((event as MessageEvent<string>).data));
        } catch {
          heard.broken(); // half an event: the next opening asks for everything
        }
      });
    on("op", (data) => {
      const e = data as { rev: number; actor: string; effects: Effects };
      heard.op(e.rev, e.actor, e.effects);
    });
    on("plan", (data) => heard.plan(data as Plan));
    on("comment", (data) => heard.comment(data as PlanComment));
    on("presence", (data) => heard.presence((data as { who: string[] | null }).who ?? []));
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
