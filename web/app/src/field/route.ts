/** Where the field view lives: behind the hash of the one page that the server has. */
export const fieldHash = (id: number): string => `#/field/${id}`;

/** A plan's id, "list" to choose one, or null for another page. */
export function fieldRoute(hash: string): number | "list" | null {
  if (/^#\/field\/?$/u.test(hash)) return "list";
  const id = /^#\/field\/(\d{1,15})(?:[/?].*)?$/u.exec(hash)?.[1];
  return id === undefined ? null : Number(id);
}
