import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { p } from "../i18n/text";
import { PlanIcon } from "./Icon";

interface MenuItem {
  text: string;
  act: () => void;
}

/** What is needed seldom, behind one button; arrows walk, Escape closes. */
export function Menu({ items }: { items: readonly MenuItem[] }) {
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open.value) return;
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) open.value = false;
    };
    addEventListener("pointerdown", outside);
    box.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    return () => removeEventListener("pointerdown", outside);
  }, [open.value]);
  const keys = (event: KeyboardEvent): void => {
    const entries = [...(box.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (event.key === "Escape") {
      open.value = false;
      box.current?.querySelector<HTMLElement>("button")?.focus();
    } else if (to !== undefined) entries[(to + entries.length) % entries.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu" ref={box} onKeyDown={keys}>
      <button
        type="button"
        class="tool tool-icon"
        aria-haspopup="menu"
        aria-expanded={open.value}
        aria-label={p("menu.more")}
        title={p("menu.more")}
        onClick={() => (open.value = !open.value)}
      >
        <PlanIcon name="list" />
      </button>
      {open.value && (
        <div class="menu-items" role="menu" aria-label={p("menu.more")}>
          {items.map(({ text, act }) => (
            <button
              key={text}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                open.value = false;
                act();
              }}
            >
              {text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
