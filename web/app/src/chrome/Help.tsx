import { useEffect, useRef } from "preact/hooks";
import { type Key, t } from "../i18n/text";
import { helpOpen } from "../state/app";
import { Icon } from "./Icon";
import { KeyList } from "./KeyList";

const keys: readonly (readonly [string, Key])[] = [
  ["/", "help.k.search"],
  ["C", "help.k.coord"],
  ["L", "help.k.list"],
  ["M", "help.k.map"],
  ["Enter", "help.k.enter"],
  ["0 1 2", "help.k.level"],
  ["Esc", "help.k.esc"],
  ["?", "help.k.help"],
];

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const close = (): void => {
    helpOpen.value = false;
  };
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close}>
      <div class="help-head">
        <h2 id="help-title">{t("help.title")}</h2>
        <button type="button" class="tool tool-icon" aria-label={t("help.close")} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <h3>{t("help.mouse")}</h3>
      <ul>
        <li>{t("help.click")}</li>
        <li>{t("help.hover")}</li>
      </ul>
      <h3>{t("help.keys")}</h3>
      <KeyList keys={keys.map(([key, text]) => [key, t(text)])} />
      <h3>{t("help.honest")}</h3>
      <ul>
        <li>{t("help.inside")}</li>
        <li>{t("help.near")}</li>
        <li>{t("help.outside")}</li>
      </ul>
    </dialog>
  );
}
