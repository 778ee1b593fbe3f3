import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { LonLat, Suggestion } from "../api/types";
import { Icon } from "../chrome/Icon";
import { t } from "../i18n/text";
import { ask, openGrid } from "../state/actions";
import { Options, optionId } from "./Options";
import { useSuggestions } from "./useSuggestions";

interface Props {
  toGrid?: (id: number) => void;
  toPlace?: (place: LonLat) => void;
}

const openPlace = (place: LonLat): void => void ask({ ...place, crs: "wgs84" }, true);

/** Search as an ARIA combobox: the list follows the typing, arrows choose, Enter goes there. */
export function Search({ toGrid = (id) => void openGrid(id), toPlace = openPlace }: Props) {
  const text = useSignal("");
  const active = useSignal(0);
  const open = useSignal(false);
  const entered = useRef(false); // Enter came before the answer: it means the first of what comes
  const { items, trouble, refusal, look, late } = useSuggestions(() => {
    active.value = 0;
    const first = items.value?.[0];
    if (entered.current && first) choose(first);
    entered.current = false;
  });

  const typed = (value: string): void => {
    entered.current = false;
    text.value = value;
    open.value = value.trim() !== "";
    look(value.trim());
  };

  const choose = (item: Suggestion): void => {
    if (item.id === 0 || (item.kind !== "grid" && (item.lon === undefined || item.lat === undefined))) {
      typed(item.text); // a road, an area: the text goes on
      return;
    }
    open.value = false;
    text.value = item.text;
    if (item.kind === "grid") toGrid(item.id);
    else toPlace({ lon: item.lon ?? 0, lat: item.lat ?? 0 });
  };

  const note = (): string => {
    if (trouble.value) return t("search.failed", { why: trouble.value });
    return refusal.value || t("search.none", { q: text.value.trim() });
  };

  const step = (by: number): void => {
    const n = items.value?.length ?? 0;
    open.value = n > 0;
    if (n) active.value = (active.value + by + n) % n;
  };

  const keys: Record<string, () => void> = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => {
      const item = items.value?.[active.value];
      if (late()) entered.current = true;
      else if (item && open.value) choose(item);
    },
    Escape: () => {
      entered.current = false;
      if (open.value) open.value = false;
      else typed("");
    },
  };

  const pressed = (event: KeyboardEvent): void => {
    const act = event.isComposing ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
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
          entered.current = false;
          open.value = false;
        }}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
      <Options
        items={showing ? (items.value ?? []) : []}
        open={showing}
        active={active.value}
        note={note()}
        choose={choose}
      />
    </search>
  );
}
