import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { suggest } from "../api/client";
import { ApiProblem } from "../api/problem";
import type { Suggestion } from "../api/types";
import { Icon } from "../chrome/Icon";
import { t } from "../i18n/text";
import { ask, openGrid } from "../state/actions";
import { online } from "../state/app";
import { Options, optionId } from "./Options";

const pauseMs = 140; // between the last key and the question
const most = 10;

/** Search as an ARIA combobox: the list follows the typing, arrows choose, Enter goes there. */
export function Search() {
  const text = useSignal("");
  const items = useSignal<Suggestion[] | null>(null);
  const active = useSignal(-1);
  const open = useSignal(false);
  const trouble = useSignal("");
  const timer = useRef(0);
  const running = useRef<AbortController>(null);
  useEffect(() => () => clearTimeout(timer.current), []);

  const look = async (q: string): Promise<void> => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    try {
      const found = await suggest(q, most, mine.signal);
      trouble.value = "";
      items.value = found;
      active.value = found.length ? 0 : -1;
    } catch (cause) {
      if (mine.signal.aborted) return;
      if (cause instanceof ApiProblem && cause.offline) online.value = false;
      trouble.value = cause instanceof ApiProblem && !cause.offline ? cause.message : t("offline.title");
      items.value = [];
    }
  };

  const typed = (value: string): void => {
    text.value = value;
    clearTimeout(timer.current);
    const q = value.trim();
    open.value = q !== "";
    if (q) timer.current = window.setTimeout(() => void look(q), pauseMs);
    else items.value = null;
  };

  const choose = (item: Suggestion): void => {
    open.value = false;
    text.value = item.text;
    if (item.kind === "grid") void openGrid(Number(item.id));
    else void ask({ lon: item.lon, lat: item.lat, crs: "wgs84" }, true);
  };

  const pressed = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const found = items.value ?? [];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      open.value = true;
      active.value = (active.value + step + found.length) % found.length;
    } else if (event.key === "Enter") {
      const item = found[Math.max(0, active.value)];
      if (item && open.value) choose(item);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (open.value) open.value = false;
      else typed("");
    }
  };

  const showing = open.value && items.value !== null;
  const current = showing ? items.value?.[active.value] : undefined;
  return (
    <search class="search">
      <Icon name="search" />
      <input
        id="search-input"
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-label={t("search.label")}
        aria-expanded={showing}
        aria-controls="search-list"
        aria-autocomplete="list"
        aria-activedescendant={current ? optionId(active.value) : undefined}
        placeholder={t("search.placeholder")}
        value={text.value}
        onInput={(event) => typed(event.currentTarget.value)}
        onKeyDown={pressed}
        onFocus={() => {
          if (items.value?.length) open.value = true;
        }}
        onBlur={() => {
          open.value = false;
        }}
      />
      <kbd aria-hidden="true">/</kbd>
      <Options
        items={showing ? (items.value ?? []) : []}
        open={showing}
        active={active.value}
        note={trouble.value ? t("search.failed", { why: trouble.value }) : t("search.none", { q: text.value.trim() })}
        choose={choose}
      />
    </search>
  );
}
