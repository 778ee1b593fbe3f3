import { signal } from "@preact/signals";

/** Takes a picture of the map while there is one. */
export const picture = signal<(() => Promise<string>) | null>(null);
