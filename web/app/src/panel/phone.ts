/** A tel: address for a number that can be called; null for a masked or missing one, which must not look callable. */
export function dialable(number: string): string | null {
  const compact = number.replace(/[\s()（）-]/gu, "");
  return /^\+?\d{3,15}$/u.test(compact) ? `tel:${compact}` : null;
}
