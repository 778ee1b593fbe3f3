import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { asOf } from "../api/asof";
import { listGrids } from "../api/client";
import type { GridPage, Level } from "../api/types";
import { meta, network, online } from "../state/app";
import { troubleText } from "../state/trouble";

const pauseMs = 160; // between the last key and the question
const firstPauseMs = 40; // the map, made in the same moment, decides which level is shown first
const mostParents = 1000;

interface Listing {
  page: ReadonlySignal<GridPage | null>;
  /** Names of the grids one level up, for the headings. */
  parents: ReadonlySignal<ReadonlyMap<number, string>>;
  trouble: ReadonlySignal<string>;
}

/** The grids of a level that match, asked again when the level, the words, the edition or the connection change. */
export function useGridPage(level: Level | undefined, q: string, limit: number): Listing {
  const page = useSignal<GridPage | null>(null);
  const parents = useSignal<ReadonlyMap<number, string>>(new Map());
  const trouble = useSignal("");
  const running = useRef<AbortController>(null);

  const load = async (of: Level): Promise<void> => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    try {
      const [found, over] = await loadWithParents(of, q.trim(), limit, mine.signal);
      parents.value = over;
      page.value = found;
      trouble.value = "";
    } catch (cause) {
      if (!mine.signal.aborted) trouble.value = troubleText(cause);
    }
  };

  useEffect(() => {
    if (!level) return;
    const timer = setTimeout(() => void load(level), page.value ? pauseMs : firstPauseMs);
    return () => clearTimeout(timer);
  }, [level?.code, q, limit, meta.value?.edition, asOf.value, online.value]);

  return { page, parents, trouble };
}

async function loadWithParents(
  of: Level,
  q: string,
  limit: number,
  signal: AbortSignal,
): Promise<[GridPage, Map<number, string>]> {
  const { code, levels } = network.peek();
  const above = levels[levels.findIndex((level) => level.rank === of.rank) - 1];
  const [found, over] = await Promise.all([
    listGrids({ network: code, level: of.code, q, limit }, signal),
    above ? listGrids({ network: code, level: above.code, limit: mostParents }, signal) : null,
  ]);
  const names = new Map((over?.grids ?? []).map((grid) => [grid.id, grid.name] as const));
  return [found, names];
}
