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
          {shared.has(post.role) && <Rank rank={post.rank} />}
          <span class="person-phones">
            <Phone who={post.name} number={post.phone} />
            <Phone who={post.name} number={post.office_phone} office />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Rank({ rank }: { rank: number }) {
  return (
    <span class={`rank${rank === 1 ? " rank-first" : ""}`}>
      {rank === 1 ? t("staff.primary") : t("staff.backup", { n: rank })}
    </span>
  );
}

function Phone({ who, number, office = false }: { who: string; number: string | undefined; office?: boolean }) {
  if (!number) return null;
  const href = dialable(number);
  const kind = office ? <span class="phone-kind">{t("staff.office")}</span> : null;
  if (!href) {
    return (
      <span class="phone phone-masked mono" title={t("staff.masked")}>
        {kind}
        {number}
      </span>
    );
  }
  return (
    <a class="phone mono" href={href}>
      <Icon name="phone" />
      <span class="unseen">{t("staff.call", { name: who })}</span>
      {kind}
      {number}
    </a>
  );
}
