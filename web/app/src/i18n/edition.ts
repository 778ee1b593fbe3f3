import { t } from "./text";

/** Which edition is shown, and of which date its data are where that is known. */
export function editionWords(edition: number, dataDate: string | undefined): string {
  if (edition === 0) return t("attr.noEdition");
  return dataDate ? t("attr.edition", { n: edition, date: dataDate }) : t("attr.editionOnly", { n: edition });
}
