import { computed, signal } from "@preact/signals";
import type { Choice, Import, Kind, KindFields, Looked, Me, Report, Survey } from "../api/types";

export type Step = 1 | 2 | 3 | 4 | 5;

export const me = signal<Me | null>(null);
export const maxBytes = signal(256 * 1024 * 1024);
export const step = signal<Step>(1);
export const item = signal<Import | null>(null);
export const looked = signal<Looked | null>(null);
export const report = signal<Report | null>(null);
/** How much of an upload has gone out, from 0 to 1; null while none does. */
export const sending = signal<{ name: string; share: number } | null>(null);
/** What went wrong last, in words; "" is nothing. */
export const trouble = signal("");
export const busy = signal(false);

/** What the person has said. */
export const kind = signal<Kind>("grids");
export const layer = signal("");
export const encoding = signal("");
export const header = signal("");
/** A frame by its code; "declared" takes the file's word; "" is not said yet. */
export const frame = signal("");
export const columns = signal<Record<string, string>>({});
export const counts = signal<Record<string, string>>({});
export const network = signal("");
export const newNetwork = signal("");
/** Code of a level; "+" is a new one. */
export const level = signal("");
export const newLevel = signal("");
export const options = signal<Partial<Record<Option, boolean>>>({});
export const validFrom = signal("");

export const optionNames = ["merge_parts", "make_parents", "fix_swapped", "strict", "accept_partial"] as const;
export type Option = (typeof optionNames)[number];

export const survey = computed<Survey | null>(() => looked.value?.survey ?? null);

export const fieldsOf = computed<KindFields>(
  () => looked.value?.kinds[kind.value] ?? { fields: [], required: [], columns: {}, counts: {} },
);

/** Whether the coordinates have no frame that somebody has said. */
export const frameMissing = computed(() => {
  const s = survey.value;
  return Boolean(s?.frame.needed) && kind.value !== "staff" && frame.value === "";
});

/** Fields that must have a column and have none. */
export const missing = computed(() => fieldsOf.value.required.filter((f) => !columns.value[f]));

export const running = computed(() => {
  const state = item.value?.state;
  return state === "queued" || state === "checking" || state === "importing";
});

/** How the file is read, without what it becomes. */
export const reading = computed<Choice>(() => ({
  as: kind.value,
  ...(layer.value ? { layer: layer.value } : {}),
  ...(encoding.value ? { encoding: encoding.value } : {}),
  ...(header.value ? { header: Number(header.value) } : {}),
}));

export const crs = computed(() => (frame.value === "declared" ? "" : frame.value));
