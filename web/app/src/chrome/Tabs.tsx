import type { ComponentChildren } from "preact";

interface Item<T extends string> {
  id: T;
  text: string;
  badge?: string;
}

interface Props<T extends string> {
  items: readonly Item<T>[];
  active: T;
  label: string;
  choose: (id: T) => void;
  children: ComponentChildren;
}

/** Tabs after the ARIA pattern: one stop in the tab order, arrows move and choose. */
export function Tabs<T extends string>({ items, active, label, choose, children }: Props<T>) {
  const move = (event: KeyboardEvent): void => {
    const at = items.findIndex((item) => item.id === active);
    const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 };
    const to = steps[event.key];
    const item = to === undefined ? undefined : items[(to + items.length) % items.length];
    if (!item) return;
    event.preventDefault();
    choose(item.id);
    document.getElementById(`tab-${item.id}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {items.map((item) => (
          <button
            key={item.id}
            type="button"
            role="tab"
            id={`tab-${item.id}`}
            aria-selected={item.id === active}
            aria-controls={item.id === active ? `tabpanel-${item.id}` : undefined}
            tabIndex={item.id === active ? 0 : -1}
            onClick={() => choose(item.id)}
          >
            {item.text}
            {item.badge && <span class="badge">{item.badge}</span>}
          </button>
        ))}
      </div>
      <div class="tabpanel" role="tabpanel" tabIndex={0} id={`tabpanel-${active}`} aria-labelledby={`tab-${active}`}>
        {children}
      </div>
    </>
  );
}
