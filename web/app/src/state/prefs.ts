import { computed, effect, signal } from "@preact/signals";

type Lang = "zh" | "en";
type ThemeChoice = "system" | "light" | "dark";

const remembered = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden; the page then forgets, nothing worse
  }
};

const remember = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // see above
  }
};

const oneOf = <T extends string>(value: string | null, choices: readonly T[], fallback: T): T =>
  choices.find((choice) => choice === value) ?? fallback;

export const lang = signal<Lang>(oneOf(remembered("cloudgrid.lang"), ["zh", "en"], "zh"));
export const themeChoice = signal<ThemeChoice>(
  oneOf(remembered("cloudgrid.theme"), ["system", "light", "dark"], "system"),
);

const systemDark = signal(false);
/** True below 900 px, where the side panels become one bottom sheet. */
export const narrow = signal(false);

export const dark = computed(() => (themeChoice.value === "system" ? systemDark.value : themeChoice.value === "dark"));

/** Follows the media queries and writes the choices to the document and to storage. */
export function startPrefs(): void {
  follow("(prefers-color-scheme: dark)", (matches) => {
    systemDark.value = matches;
  });
  follow("(max-width: 899.9px)", (matches) => {
    narrow.value = matches;
  });
  effect(() => {
    document.documentElement.dataset.theme = dark.value ? "dark" : "light";
    remember("cloudgrid.theme", themeChoice.value);
  });
  effect(() => {
    document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
    remember("cloudgrid.lang", lang.value);
  });
}

function follow(query: string, use: (matches: boolean) => void): void {
  const media = matchMedia(query);
  use(media.matches);
  media.addEventListener("change", (event) => use(event.matches));
}

const cycle: Record<ThemeChoice, ThemeChoice> = { system: "dark", dark: "light", light: "system" };

/** Steps through following the system, dark, light. */
export function toggleTheme(): void {
  themeChoice.value = cycle[themeChoice.value];
}
