/**
 * Answers may overtake one another on the way. Each call is a question; what it returns says whether its answer may
 * still be shown, which it may not once that to a later question was.
 */
export function inOrder(): () => () => boolean {
  let asked = 0;
  let shown = 0;
  return () => {
    const mine = ++asked;
    return () => {
      if (mine < shown) return false;
      shown = mine;
      return true;
    };
  };
}
