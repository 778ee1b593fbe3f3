import { useSignal } from "@preact/signals";
import { gridGeojsonUrl } from "../api/client";
import { Icon, type IconName } from "../chrome/Icon";
import { type Key, t } from "../i18n/text";
import { spoken } from "../state/app";

interface Props {
  json: () => unknown;
  /** The same answer straight from the server, for those who build on it. */
  jsonUrl: string;
  gridId: number | undefined;
}

/** What can be taken along: a link, the answer as JSON, the grid as GeoJSON. */
export function Actions({ json, jsonUrl, gridId }: Props) {
  return (
    <div class="actions">
      <CopyButton icon="link" text="do.link" content={() => location.href} />
      <CopyButton icon="copy" text="do.json" content={() => JSON.stringify(json(), null, 2)} title={jsonUrl} />
      {gridId !== undefined && (
        <a class="action" href={gridGeojsonUrl(gridId)} download={`grid-${gridId}.geojson`}>
          <Icon name="download" />
          {t("do.geojson")}
        </a>
      )}
    </div>
  );
}

function CopyButton(props: { icon: IconName; text: Key; content: () => string; title?: string }) {
  const done = useSignal(false);
  const copy = async (): Promise<void> => {
    const ok = await copyText(props.content());
    done.value = ok;
    spoken.value = t(ok ? "do.copied" : "do.copyFailed");
    setTimeout(() => {
      done.value = false;
    }, 1600);
  };
  return (
    <button type="button" class="action" title={props.title} onClick={() => void copy()}>
      <Icon name={done.value ? "check" : props.icon} />
      {t(done.value ? "do.copied" : props.text)}
    </button>
  );
}

/** The clipboard needs https or localhost; on a plain intranet address a selected text area still works. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way where the clipboard is refused
    const ok = document.execCommand("copy");
    area.remove();
    return ok;
  }
}
