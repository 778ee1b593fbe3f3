import { signedOut } from "../api/request";
import { p } from "../i18n/text";

/** Asks to sign in, in a tab of its own: what is not saved yet stays here and goes out afterwards. */
export function SignIn() {
  if (!signedOut.value) return null;
  const id = /^#\/plan\/(\d+)/u.exec(location.hash)?.[1];
  const next = id === undefined ? "/?plans" : `/?plan=${id}`;
  return (
    <div class="signin" role="alert">
      <strong>{p("signin.title")}</strong>
      <span>{p("signin.body")}</span>
      <a class="primary" href={`/sign-in?next=${encodeURIComponent(next)}`} target="_blank" rel="noopener">
        {p("signin.go")}
      </a>
      <button type="button" class="tool" onClick={() => location.reload()}>
        {p("again")}
      </button>
    </div>
  );
}
