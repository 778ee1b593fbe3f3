import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { resolveAddress, suggest } from "../api/client";
import type { Suggestion } from "../api/types";
import { troubleText } from "../state/trouble";

const pauseMs = 140; // between the last key and the question
const most = 10;

interface Suggestions {
  /** Null before the first answer; empty when nothing was found. */
  items: Signal<Suggestion[] | null>;
  trouble: Signal<string>;
  /** Why nothing was found, in the address engine's words. */
  refusal: Signal<string>;
  look: (q: string) => void;
  /** Whether the items are still those of an earlier text. */
  late: () => boolean;
}

/** What the address engine makes of a text that nothing completes: its place, or in words why it has none. */
async function understood(q: string, signal: AbortSignal): Promise<{ items: Suggestion[]; note: string }> {
  const { match, message } = await resolveAddress(q, signal);
  const { place } = match;
  if (place?.lon === undefined || place.lat === undefined) return { items: [], note: message };
  const { id, lon, lat } = place;
  return { items: [{ kind: "place", id, text: place.address || place.name, detail: message, lon, lat }], note: "" };
}

/** Asks for suggestions a moment after the last key; an older answer never replaces a newer one. */
export function useSuggestions(found: () => void): Suggestions {
  const items = useSignal<Suggestion[] | null>(null);
  const trouble = useSignal("");
  const refusal = useSignal("");
  const timer = useRef(0);
  const running = useRef<AbortController>(null);
  const asking = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);

  const load = async (q: string): Promise<void> => {
    const mine = new AbortController();
    running.current = mine;
    try {
      const found = await suggest(q, most, mine.signal);
      const meant = found.length ? { items: found, note: "" } : await understood(q, mine.signal);
      refusal.value = meant.note;
      items.value = meant.items;
      trouble.value = "";
    } catch (cause) {
      if (mine.signal.aborted) return;
      trouble.value = troubleText(cause);
      items.value = [];
    }
    asking.current = false;
    found();
  };

  const look = (q: string): void => {
    running.current?.abort();
    clearTimeout(timer.current);
    asking.current = q !== "";
    if (q) timer.current = window.setTimeout(() => void load(q), pauseMs);
    else items.value = null;
  };
  return { items, trouble, refusal, look, late: () => asking.current };
}
