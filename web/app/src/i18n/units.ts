import { lang } from "../state/prefs";
import { t } from "./text";

const locale = (): string => (lang.value === "zh" ? "zh-CN" : "en");

export const count = (n: number): string => n.toLocaleString(locale());

const digits = (n: number, places: number): string => n.toLocaleString(locale(), { maximumFractionDigits: places });

/** Metres below one kilometre, kilometres above; never more digits than a border in the field is worth. */
export function distance(metres: number): string {
  if (metres < 10) return t("unit.m", { n: digits(metres, 1) });
  if (metres < 1000) return t("unit.m", { n: digits(metres, 0) });
  return t("unit.km", { n: digits(metres / 1000, metres < 10_000 ? 2 : 1) });
}

export function area(squareMetres: number): string {
  if (squareMetres < 10_000) return t("unit.m2", { n: digits(squareMetres, 0) });
  if (squareMetres < 1_000_000) return t("unit.ha", { n: digits(squareMetres / 10_000, 1) });
  return t("unit.km2", { n: digits(squareMetres / 1_000_000, 2) });
}

export const percent = (share: number): string => `${digits(share * 100, share < 0.1 ? 1 : 0)}%`;

export const degrees = (value: number): string => value.toFixed(6);
