/** Where the editor lives: behind the hash of the one page that the server has. */
export const plansHash = "#/plans";

export const planHash = (id: number): string => `#/plan/${id}`;

/** A plan's id, "list", or null for the public map. */
export function routeOf(hash: string): number | "list" | null {
  if (/^#\/plans?\/?$/u.test(hash)) return "list";
  const id = /^#\/plans?\/(\d{1,15})(?:[/?].*)?$/u.exec(hash)?.[1];
  return id === undefined ? null : Number(id);
}
