import type { StaffPost } from "../api/types";
import { Icon } from "../chrome/Icon";
import { t, tOr } from "../i18n/text";
import { dialable } from "./phone";

/** People of one grid, grouped by role in the order they come, who answers first at the top. */
export function Staff({ posts }: { posts: readonly StaffPost[] }) {
  if (!posts.length) return <p class="staff-none">{t("answer.noStaff")}</p>;
  const shared = new Set(posts.filter((post) => post.rank > 1).map((post) => post.role));
  return (
    <ul class="staff">
      {posts.map((post) => (
        <li key={`${post.role}-${post.rank}-${post.name}`} class="person">
          <span class="person-face" aria-hidden="true">
            <Icon name="person" />
          </span>
          <span class="person-who">
            <span class="person-name">{post.name}</span>
            <span class="person-role">
              {post.role_name}
              {post.employment && ` · ${tOr(`staff.${post.employment}`, post.employment)}`}
            </span>
          </span>
          <span class="person-side">
            <Rank rank={post.rank} shared={shared.has(post.role)} />
            <Masked number={post.phone} />
            <Masked number={post.office_phone} />
          </span>
          <span class="person-phones">
            <Callable who={post.name} number={post.phone} />
            <Callable who={post.name} number={post.office_phone} office />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Filled where substitutes stand behind the first: that is when the order matters. */
function Rank({ rank, shared }: { rank: number; shared: boolean }) {
  return (
    <span class={`rank${rank === 1 && shared ? " rank-first" : ""}`}>
      {rank === 1 ? t("staff.primary") : t("staff.backup", { n: rank })}
    </span>
  );
}

/** A number that is not public looks like text, never like a button. */
function Masked({ number }: { number: string | undefined }) {
  if (!number || dialable(number)) return null;
  return (
    <span class="phone phone-masked mono" title={t("staff.masked")}>
      {number}
    </span>
  );
}

function Callable({ who, number, office = false }: { who: string; number: string | undefined; office?: boolean }) {
  const href = number ? dialable(number) : null;
  if (!href) return null;
  return (
    <a class="phone mono" href={href}>
      <Icon name="phone" />
      <span class="unseen">{t("staff.call", { name: who })}</span>
      {office && <span class="phone-kind">{t("staff.office")}</span>}
      {number}
    </a>
  );
}
