import { signal } from "@preact/signals";
import { ApiProblem } from "../../api/problem";
import { changed, notBefore } from "../../api/seen";
import type { Clash } from "./types";

/** A refusal with what it carries beyond words: the operations in the way, the revision now, and where to look. */
export class PlanProblem extends ApiProblem {
  constructor(
    message: string,
    status: number,
    code: string,
    readonly clashes: Clash[],
    readonly rev: number | null,
    readonly at: [number, number] | null,
    readonly firstDay = "",
  ) {
    super(message, status, code);
    this.name = "PlanProblem";
  }
}

/** True from the first answer that wants somebody to sign in until one that does not. */
export const signedOut = signal(false);

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Sends JSON and reads JSON. Throws PlanProblem for a refusal, and an ApiProblem that is offline when nobody answers. */
export async function send<T>(method: Method, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { Accept: "application/json", ...notBefore(), ...(method === "GET" ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiProblem("", 0, "offline");
  }
  if (method !== "GET") changed(response);
  signedOut.value = response.status === 401;
  if (!response.ok) throw await refusal(response);
  const text = await response.text().catch(() => {
    if (signal?.aborted) throw signal.reason;
    throw new ApiProblem("", 0, "offline"); // the line broke within the answer
  });
  return (text ? JSON.parse(text) : undefined) as T;
}

async function refusal(response: Response): Promise<PlanProblem> {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = await response.json();
    if (parsed && typeof parsed === "object") body = parsed as Record<string, unknown>;
  } catch {
    // not JSON: the status line is all there is
  }
  const text = (name: string): string => (typeof body[name] === "string" ? body[name] : "");
  return new PlanProblem(
    text("detail") || text("title") || `HTTP ${response.status}`,
    response.status,
    text("code"),
    Array.isArray(body.clashes) ? (body.clashes as Clash[]) : [],
    typeof body.rev === "number" ? body.rev : null,
    placeOf(body.at) ?? placeOf(body),
    text("first_day"),
  );
}

function placeOf(at: unknown): [number, number] | null {
  if (Array.isArray(at) && typeof at[0] === "number" && typeof at[1] === "number") return [at[0], at[1]];
  if (at && typeof at === "object") {
    const { lon, lat } = at as { lon?: unknown; lat?: unknown };
    if (typeof lon === "number" && typeof lat === "number") return [lon, lat];
  }
  return null;
}
