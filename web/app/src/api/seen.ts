/** How long after a change the servers are asked for it: they need a second to hear of it. */
const RECENT_MS = 60_000;

let seq = 0;
let until = 0;

/** Remembers which change of the map this page has made, from the answer to it. */
export function changed(response: Response, now = Date.now()): void {
  const told = Number(response.headers.get("X-CloudGrid-Seq"));
  if (!response.ok || !(told > 0)) return;
  seq = Math.max(told, now < until ? seq : 0);
  until = now + RECENT_MS;
}

/** Headers that have whichever server answers wait until it knows that change. */
export function notBefore(now = Date.now()): Record<string, string> {
  return now < until ? { "X-CloudGrid-Min-Seq": String(seq) } : {};
}
