import type { PlanComment } from "../api/types";
import { p } from "../i18n/text";
import { when } from "../i18n/when";
import { lookAt, nameOf } from "../state/edit";
import { readContacts, settle } from "../state/steps";
import * as s from "../state/store";
import { NoticeLink } from "./NoticeLink";

/** Remarks on the plan, those of the selected grid first; each with a place can be gone to. */
export function Comments({ grid }: { grid: number | null }) {
  const all = s.comments.value;
  const shown = grid === null ? all : all.filter((c) => c.grid === grid);
  const open = shown.filter((c) => !c.settled_by).length;
  return (
    <section class="comments" aria-labelledby="comments-title">
      <div class="comments-head">
        <h3 id="comments-title">{p("comments.title", { n: open })}</h3>
        <button
          type="button"
          class="quiet"
          onClick={() => (s.dialog.value = { kind: "comment", point: null, grid: grid ?? 0 })}
        >
          {p("comments.add")}
        </button>
      </div>
      <NoticeLink />
      {shown.some((c) => c.public) && s.plan.value?.can?.contact && <ContactsButton />}
      {grid === null && all.some((c) => c.public) && <OpinionFiles />}
      <ul>
        {shown.map((comment) => (
          <Comment key={comment.id} comment={comment} />
        ))}
      </ul>
    </section>
  );
}

/** What the public said, to take along: with contacts for those who may read them. */
function OpinionFiles() {
  const plan = s.plan.value;
  if (!plan) return null;
  const files = (part: string, formats: readonly string[]) =>
    formats.map((format) => (
      <a key={part + format} class="quiet" href={`/v1/plans/${plan.id}/${part}/opinions.${format}`} download>
        {format.toUpperCase()}
      </a>
    ));
  return (
    <p class="hint opinion-files">
      {p("comments.export")} {files("opinions", ["xlsx", "csv"])}
      {plan.can?.contact && (
        <>
          {" · "}
          {p("comments.exportContacts")} {files("contacts", ["xlsx", "csv"])}
        </>
      )}{" "}
      {p("comments.exportHint")}
    </p>
  );
}

function ContactsButton() {
  const contacts = s.contacts.value;
  if (contacts) return contacts.size === 0 ? <p class="hint">{p("comments.noContacts")}</p> : null;
  return (
    <p class="hint">
      <button type="button" class="quiet" onClick={() => void readContacts()}>
        {p("comments.contacts")}
      </button>{" "}
      {p("comments.contactsHint")}
    </p>
  );
}

function Comment({ comment }: { comment: PlanComment }) {
  const { point, photo, settled_by: settled } = comment;
  const who = comment.public ? p("comments.crowd") : comment.actor;
  const contact = s.contacts.value?.get(comment.id);
  return (
    <li class={`comment ${settled ? "comment-settled" : ""}`}>
      <p class="comment-text">{comment.text}</p>
      {photo && (
        <a class="comment-photo" href={photo} target="_blank" rel="noopener">
          <img src={photo} loading="lazy" alt={p("comments.photo", { who })} />
        </a>
      )}
      {contact && <p class="comment-contact">{contact}</p>}
      <p class="op-who">
        {who} · {when(comment.at)}
        {comment.grid ? ` · ${nameOf(comment.grid)}` : ""}
        {comment.public && <span class="tag">{p("comments.public")}</span>}
        {settled && <span class="tag">{p("comments.settled", { who: settled })}</span>}
      </p>
      <div class="comment-do">
        {point && (
          <button type="button" class="quiet" onClick={() => lookAt(point)}>
            {p("comments.show")}
          </button>
        )}
        {!settled && (
          <button type="button" class="quiet" onClick={() => void settle(comment.id)}>
            {p("comments.settle")}
          </button>
        )}
      </div>
    </li>
  );
}
