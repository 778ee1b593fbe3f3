import type { Suggestion } from "../api/types";
import { Icon } from "../chrome/Icon";
import { t } from "../i18n/text";

export const optionId = (index: number): string => `search-option-${index}`;

interface Props {
  items: readonly Suggestion[];
  open: boolean;
  active: number;
  /** Said when nothing was found. */
  note: string;
  choose: (item: Suggestion) => void;
}

export function Options({ items, open, active, note, choose }: Props) {
  const nothing = open && items.length === 0;
  return (
    <div class="options" hidden={!open}>
      <div id="search-list" role="listbox" aria-label={t("search.label")} hidden={nothing}>
        {items.map((item, i) => (
          <div
            key={`${item.kind}-${item.id}-${item.text}-${item.detail}`}
            id={optionId(i)}
            class="option"
            role="option"
            aria-selected={i === active}
            onMouseDown={(event) => {
              event.preventDefault(); // the input must not lose the focus before the choice is made
              choose(item);
            }}
          >
            <Icon name={item.kind === "grid" ? "grid" : "pin"} />
            <span class="option-text">{item.text}</span>
            <span class="option-detail">{item.detail}</span>
          </div>
        ))}
      </div>
      {nothing && <p class="option-none">{note}</p>}
      <div class="unseen" role="status">
        {open && (nothing ? note : t("search.count", { n: items.length }))}
      </div>
    </div>
  );
}
