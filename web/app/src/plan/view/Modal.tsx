import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../chrome/Icon";
import { p } from "../i18n/text";
import * as s from "../state/store";

interface Props {
  title: string;
  children: ComponentChildren;
  /** What closing without a choice means; the dialog simply goes away when absent. */
  close?: () => void;
  wide?: boolean;
}

/** A modal dialog: focus goes in and comes back, Escape closes. */
export function Modal({ title, children, close, wide }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const shut = (): void => {
    if (close) close();
    else s.dialog.value = null;
  };
  return (
    <dialog
      ref={dialog}
      class={`help modal ${wide ? "modal-wide" : ""}`}
      aria-labelledby="modal-title"
      onCancel={(event) => {
        event.preventDefault();
        shut();
      }}
    >
      <div class="help-head">
        <h2 id="modal-title">{title}</h2>
        <button type="button" class="tool tool-icon" aria-label={p("close")} onClick={shut}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  );
}

export const closeDialog = (): void => {
  s.dialog.value = null;
};
