import type { Answer, GridDetail, GridLink } from "../api/types";
import { listed, t } from "./text";
import { distance } from "./units";

export const pathOf = (chain: readonly GridLink[]): string => chain.map((link) => link.name).join(" › ");

/** The answer as one honest sentence, for the live region and the head of the panel. */
export function answerSentence(a: Answer): string {
  const chain = a.chain ?? [];
  const leaf = chain.at(-1);
  if (a.status === "outside" || !leaf) return outsideSentence(a);
  if (a.status === "inside") return t("status.insideSay", { name: leaf.name, path: pathOf(chain) });
  const [first, ...others] = likeliest(a);
  return t("status.nearSay", {
    name: first ?? leaf.name,
    others: t("status.also", { names: listed(others) }),
  });
}

export const gridSentence = (g: GridDetail): string => `${g.level.name} ${g.name}, ${g.code}`;

/** Names of the grids that the accuracy circle touches, likeliest first. */
export const likeliest = (a: Answer): string[] => (a.candidates ?? []).map((c) => c.name);

function outsideSentence(a: Answer): string {
  const name = a.nearest?.chain.at(-1)?.name;
  if (!name || !a.nearest) return t("status.outsideBare");
  return t("status.outsideSay", { name, distance: distance(a.nearest.distance_m) });
}
