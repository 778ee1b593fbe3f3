import { computed, effect, signal } from "@preact/signals";
import { getLayers, type HeatAnswer, type LayerInfo } from "../api/layers";

// What lies under and over the draft besides itself: reference layers, heat, another network. Remembered per browser.

const key = "cloudgrid.layers";

interface Remembered {
  shown?: string[];
  heat?: string;
  other?: string;
}

function remembered(): Remembered {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return parsed && typeof parsed === "object" ? parsed : {};
  } catch {
    return {}; // storage may be forbidden, or hold something else
  }
}

const before = remembered();

export const layers = signal<LayerInfo[]>([]);
export const measures = signal<string[]>([]);
export const finest = signal(11);
/** Names of the reference layers that are ticked. */
export const shown = signal<ReadonlySet<string>>(new Set(Array.isArray(before.shown) ? before.shown : []));
/** The count whose heat is shown; "" for none. */
export const heat = signal(typeof before.heat === "string" ? before.heat : "");
/** Code of the network whose outlines are laid over the draft; "" for none. */
export const other = signal(typeof before.other === "string" ? before.other : "");
export const heatAnswer = signal<HeatAnswer | null>(null);
export const menuOpen = signal(false);

effect(() => {
  const now: Remembered = { shown: [...shown.value], heat: heat.value, other: other.value };
  try {
    localStorage.setItem(key, JSON.stringify(now));
  } catch {
    // see above
  }
});

export const visible = computed(() => layers.value.filter(({ name }) => shown.value.has(name)));
/** The measure shown, if the server still counts it. */
export const heatNow = computed(() => (measures.value.includes(heat.value) ? heat.value : ""));

export function toggleLayer(name: string): void {
  const next = new Set(shown.value);
  if (!next.delete(name)) next.add(name);
  shown.value = next;
}

/** Asks what there is; a server without layers, or a stranger to them, has none. */
export async function loadLayers(): Promise<void> {
  try {
    const answer = await getLayers();
    if (JSON.stringify(answer.layers) !== JSON.stringify(layers.value)) layers.value = answer.layers;
    if (answer.heat.measures.join() !== measures.value.join()) measures.value = answer.heat.measures;
    finest.value = answer.heat.finest;
  } catch {
    layers.value = [];
    measures.value = [];
  }
}
