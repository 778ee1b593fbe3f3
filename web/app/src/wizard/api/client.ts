import { ApiProblem, problemFrom } from "../../api/problem";
import type { Choice, Import, Looked, Me, Report } from "./types";

async function send<T>(method: "GET" | "POST" | "DELETE", url: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { Accept: "application/json", ...(method === "GET" ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiProblem("", 0, "offline");
  }
  if (!response.ok) throw await problemFrom(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

const one = (id: string, rest = ""): string => `/v1/imports/${encodeURIComponent(id)}${rest}`;

export const getMe = (): Promise<Me> => send("GET", "/v1/me");

export const listImports = (): Promise<{ imports: Import[]; max_bytes: number }> => send("GET", "/v1/imports");

export const getImport = (id: string): Promise<Import> => send("GET", one(id));

export const giveUp = (id: string): Promise<void> => send("DELETE", one(id));

export const look = (id: string, choice: Choice): Promise<Looked> => send("POST", one(id, "/look"), choice);

export const sketch = (id: string, choice: Choice): Promise<GeoJSON.FeatureCollection> => send("POST", one(id, "/sketch"), choice);

export const check = (id: string, choice: Choice): Promise<Import> => send("POST", one(id, "/check"), choice);

export const stopCheck = (id: string): Promise<Import> => send("DELETE", one(id, "/check"));

export const getReport = (id: string): Promise<Report> => send("GET", one(id, "/report"));

export const getOutlines = (id: string): Promise<GeoJSON.FeatureCollection> => send("GET", one(id, "/outlines.geojson"));

export const accept = (id: string, number: number, validFrom: string): Promise<Import> =>
  send("POST", one(id, "/accept"), { check: number, ...(validFrom ? { valid_from: validFrom } : {}) });

export const tableUrl = (id: string): string => one(id, "/report.csv");

export const eventsUrl = (id: string): string => one(id, "/events");

/** Sends files and tells how much has gone out, from 0 to 1; fetch cannot tell. */
export function upload(files: readonly File[], progress: (share: number) => void, signal: AbortSignal): Promise<Import & Looked> {
  return new Promise((done, fail) => {
    const form = new FormData();
    for (const file of files) form.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/imports");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onerror = () => fail(new ApiProblem("", 0, "offline"));
    request.onabort = () => fail(new DOMException("", "AbortError"));
    request.onload = () => {
      if (request.status === 201) {
        done(JSON.parse(request.responseText) as Import & Looked);
        return;
      }
      const answer = new Response(request.responseText, { status: Math.max(200, request.status) });
      void problemFrom(answer).then(fail);
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
