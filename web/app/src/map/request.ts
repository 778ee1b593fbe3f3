import { notBefore } from "../api/seen";

/**
 * TileJSON may name the host the server believes in; the page only ever talks to the one it came from. After a change
 * that this page made, whichever server answers waits until it knows it: a tile from before would stay on the map.
 */
export const ownRequest = (url: string): { url: string; headers: Record<string, string> } => ({
  url: sameOrigin(url),
  headers: notBefore(),
});

function sameOrigin(url: string): string {
  const parsed = new URL(url, location.href);
  return parsed.protocol.startsWith("http") ? location.origin + decodeBraces(parsed.pathname) + parsed.search : url;
}

const decodeBraces = (path: string): string => path.replaceAll("%7B", "{").replaceAll("%7D", "}");
