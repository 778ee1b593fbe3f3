import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { meta } from "../../state/app";
import { count, w } from "../i18n/text";
import { cancelUpload, send } from "../state/actions";
import * as s from "../state/store";

/** A place to drop files on, which is a button as well. */
export function DropStep() {
  const over = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const sending = s.sending.value;
  if (sending) return <Sending name={sending.name} share={sending.share} />;
  const take = (list: FileList | null): void => {
    if (list?.length) void send([...list]);
  };
  return (
    <div class="wizard-drop-page">
      {meta.value?.networks.length === 0 && (
        <p class="wizard-ask" id="first-map">
          {w("drop.first")}
        </p>
      )}
      <section
        class={`wizard-drop ${over.value ? "wizard-drop-over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => (over.value = false)}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          take(event.dataTransfer?.files ?? null);
        }}
      >
        <svg class="icon drop-icon" viewBox="0 0 20 20" width="56" height="56" aria-hidden="true" focusable="false">
          <path d="M10 13V3.500M6.300 7L10 3.300 13.700 7M3.500 12.500v4h13v-4" />
        </svg>
        <p class="drop-title">{over.value ? w("drop.now") : w("drop.title")}</p>
        <p class="hint">{w("drop.or")}</p>
        <button type="button" class="primary" onClick={() => input.current?.click()}>
          {w("drop.choose")}
        </button>
        <input
          ref={input}
          id="wizard-files"
          class="unseen"
          type="file"
          multiple
          tabIndex={-1}
          aria-label={w("drop.choose")}
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
        <p class="drop-formats">{w("drop.formats")}</p>
        <p class="hint">{w("drop.limit", { mb: count(Math.floor(s.maxBytes.value / 2 ** 20)) })}</p>
      </section>
      <section class="wizard-card wizard-tips" aria-labelledby="tips">
        <h3 id="tips">{w("drop.tips")}</h3>
        <ol>
          <li>{w("drop.tip1")}</li>
          <li>{w("drop.tip2")}</li>
          <li>{w("drop.tip3")}</li>
        </ol>
      </section>
    </div>
  );
}

function Sending({ name, share }: { name: string; share: number }) {
  const percent = Math.floor(share * 100);
  return (
    <section class="wizard-card wizard-progress" role="status">
      <p>{share >= 1 ? w("drop.reading") : w("drop.sending", { name, percent })}</p>
      <progress max={1} {...(share < 1 ? { value: share } : {})} aria-label={w("drop.sending", { name, percent })} />
      <button type="button" class="tool" onClick={cancelUpload}>
        {w("cancel")}
      </button>
    </section>
  );
}
