import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { newId } from "../../ids";
import type { Plan } from "../../plan/api/types";
import { online } from "../../state/app";
import { f } from "../i18n/text";
import { letters, putLetter } from "../state/letters";
import { asDataUrl, shrink } from "../state/photo";
import type { Place } from "../state/walk";
import { said } from "./Waiting";

interface Props {
  plan: Plan;
  place: Place;
  close: () => void;
}

/** A remark about the place as it was when the form was opened, with a photo. */
export function Write({ plan, place, close }: Props) {
  const at = useRef(place.at);
  const text = useSignal("");
  const photo = useSignal<Blob | null>(null);
  const shown = useSignal("");
  const trouble = useSignal("");
  const busy = useSignal(false);
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus(), []);

  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    busy.value = true;
    trouble.value = "";
    try {
      photo.value = await shrink(file);
      shown.value = await asDataUrl(photo.value);
    } catch {
      trouble.value = f("write.badPhoto");
    }
    busy.value = false;
  };
  const go = async (): Promise<void> => {
    const words = text.value.trim();
    if (!words && !photo.value) {
      trouble.value = f("write.nothing");
      return;
    }
    busy.value = true;
    const key = newId();
    try {
      await putLetter({
        key,
        plan: plan.id,
        text: words || f("write.onlyPhoto"),
        point: at.current,
        at: new Date().toISOString(),
        photo: photo.value,
        comment: null,
        refused: "",
      });
      said.value = letters.value.some((l) => l.key === key) ? (online.value ? "" : f("send.queued")) : f("send.sent");
      close();
    } catch {
      trouble.value = f("send.noKeep");
    }
    busy.value = false;
  };
  return (
    <form
      class="write"
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <h2>{f("write.title")}</h2>
      <label>
        <span>{f("write.text")}</span>
        <textarea
          ref={first}
          rows={3}
          maxLength={2000}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      {shown.value && <img class="write-shown" src={shown.value} alt="" />}
      <label class="walk-big write-photo">
        <input
          type="file"
          accept="image/*"
          capture="environment"
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
        <span>{busy.value ? f("write.shrinking") : f(photo.value ? "write.another" : "write.photo")}</span>
      </label>
      {photo.value && (
        <button type="button" class="walk-plain" onClick={() => (photo.value = null, shown.value = "")}>
          {f("write.without")}
        </button>
      )}
      <p class="hint">{f("write.hint")}</p>
      {trouble.value && (
        <p class="complaint" role="alert">
          {trouble.value}
        </p>
      )}
      <div class="write-go">
        <button type="button" class="walk-plain" onClick={close}>
          {f("write.cancel")}
        </button>
        <button type="submit" class="walk-big walk-strong" disabled={busy.value}>
          {f("write.send")}
        </button>
      </div>
    </form>
  );
}
