import { useSignal } from "@preact/signals";
import type { LonLat } from "../api/types";
import { p } from "../i18n/text";
import { nameOf } from "../state/edit";
import { comment } from "../state/steps";
import { closeDialog, Modal } from "./Modal";

/** A remark on the plan, pinned to the place that was pressed, or to a grid. */
export function CommentDialog({ point, grid }: { point: LonLat | null; grid: number }) {
  const text = useSignal("");
  const trouble = useSignal("");
  const go = async (): Promise<void> => {
    if (!text.value.trim()) return;
    trouble.value = await comment(text.value.trim(), point, grid);
    if (!trouble.value) closeDialog();
  };
  return (
    <Modal title={p("comments.add")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <p class="hint">
          {grid ? nameOf(grid) : p("comments.plan")}
          {point ? ` · ${point[0].toFixed(5)}, ${point[1].toFixed(5)}` : ""}
        </p>
        <label class="field">
          <span>{p("comments.text")}</span>
          <textarea
            rows={4}
            required
            maxLength={2000}
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
        {trouble.value && (
          <p class="complaint" role="alert">
            {trouble.value}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="primary">
            {p("comments.send")}
          </button>
          <button type="button" class="tool" onClick={closeDialog}>
            {p("cancel")}
          </button>
        </div>
      </form>
    </Modal>
  );
}
