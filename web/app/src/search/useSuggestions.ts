import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { suggest } from "../api/client";
import type { Suggestion } from "../api/types";
import { troubleText } from "../state/trouble";

const pauseMs = 140; // between the last key and the question
const most = 10;

interface Suggestions {
  /** Null before the first answer; empty when nothing was found. */
  items: Signal<Suggestion[] | null>;
  trouble: Signal<string>;
  look: (q: string) => void;
}

/** Asks for suggestions a moment after the last key; an older answer never replaces a newer one. */
export function useSuggestions(found: () => void): Suggestions {
  const items = useSignal<Suggestion[] | null>(null);
  const trouble = useSignal("");
  const timer = useRef(0);
  const running = useRef<AbortController>(null);
  useEffect(() => () => clearTimeout(timer.current), []);

  const load = async (q: string): Promise<void> => {
    const mine = new AbortController();
    running.current = mine;
    try {
      items.value = await suggest(q, most, mine.signal);
      trouble.value = "";
    } catch (cause) {
      if (mine.signal.aborted) return;
      trouble.value = troubleText(cause);
      items.value = [];
    }
    found();
  };

  const look = (q: string): void => {
    running.current?.abort();
    clearTimeout(timer.current);
    if (q) timer.current = window.setTimeout(() => void load(q), pauseMs);
    else items.value = null;
  };
  return { items, trouble, look };
}
