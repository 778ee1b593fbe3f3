import type { ProposalAsk } from "../api/proposals";

/** How much each wish weighs, 0 (not at all) to 10. */
interface Wishes {
  balance: number;
  walk: number;
  few: number;
}

/** The weights that the engine is sent, in households; 0 is left out, so that the answer is what it is without the wish. */
export function weights({ balance, walk, few }: Wishes): NonNullable<ProposalAsk["weights"]> {
  return {
    balance: balance / 5,
    ...(walk > 0 ? { walk_per_km: (walk * walk) / 4 } : {}), // 1 a quarter, 5 six, 10 twenty-five: all of it is useful
    ...(few > 0 ? { touched_grid: few * 20 } : {}),
  };
}
