import type { GridLink } from "../api/types";
import { Icon } from "../chrome/Icon";
import { shortName, t } from "../i18n/text";
import { openGrid } from "../state/actions";
import { Staff } from "./Staff";

interface Props {
  title: string;
  chain: readonly GridLink[];
  /** Deepest rank that is certain; -1 when none is. Left out where nothing is in doubt. */
  certainTo?: number | undefined;
  /** For grids that are only near: shown, but not as an answer. */
  faint?: boolean;
}

/** Every level from top to leaf with the people behind it; doubt is a dashed rail, a mark and a word. */
export function Chain({ title, chain, certainTo = Number.POSITIVE_INFINITY, faint = false }: Props) {
  return (
    <section class={`chain${faint ? " chain-faint" : ""}`}>
      <h3>{title}</h3>
      <ol aria-label={t("answer.chain")}>
        {chain.map((link, i) => (
          <li
            key={link.id}
            class={`link${link.level.rank <= certainTo ? "" : " link-doubt"}${i === chain.length - 1 ? " link-leaf" : ""}`}
          >
            <button type="button" class="link-head" onClick={() => void openGrid(link.id)}>
              <span class="level" title={link.level.name}>
                {shortName(link.level.name)}
              </span>
              <span class="link-name">{link.name || link.code}</span>
              <span class="link-code mono">{link.code}</span>
              {link.level.rank > certainTo && <span class="doubt">{t("answer.uncertain")}</span>}
              <Icon name="right" />
            </button>
            <Staff posts={link.staff ?? []} />
          </li>
        ))}
      </ol>
    </section>
  );
}
