import { useEffect } from "preact/hooks";
import { Icon } from "../../chrome/Icon";
import { p } from "../i18n/text";
import { lookAt } from "../state/edit";
import { rebase } from "../state/steps";
import * as s from "../state/store";

const goodNewsMs = 5_000;
const complaintMs = 15_000;

/** The last message; a complaint stays longer, and as long as it asks something. */
export function Toast() {
  const toast = s.toast.value;
  useEffect(() => {
    if (!toast || s.rebaseDrop.value.length > 0) return;
    const timer = setTimeout(() => (s.toast.value = null), toast.bad ? complaintMs : goodNewsMs);
    return () => clearTimeout(timer);
  }, [toast]);
  if (!toast) return null;
  const { at } = toast;
  const drop = s.rebaseDrop.value;
  const close = (): void => {
    s.toast.value = null;
    s.rebaseDrop.value = [];
  };
  return (
    <div class={`toast ${toast.bad ? "toast-bad" : ""}`}>
      <span>{toast.text}</span>
      {at && (
        <button type="button" class="quiet" onClick={() => lookAt(at)}>
          {p("toast.show")}
        </button>
      )}
      {drop.length > 0 && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            close();
            void rebase(drop);
          }}
        >
          {p("plan.rebaseDrop", { n: drop.length })}
        </button>
      )}
      <button type="button" class="tool-icon" aria-label={p("close")} onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  );
}
