import { signal } from "@preact/signals";
import { f } from "../i18n/text";
import { dropLetter, sendLetters } from "../state/letters";
import type { Letter } from "../state/queue";

/** What became of the last remark, for the eyes and for screen readers. */
export const said = signal("");

/** What is on its way, and what the server would not take. */
export function Waiting({ letters }: { letters: readonly Letter[] }) {
  const waiting = letters.filter((letter) => !letter.refused).length;
  return (
    <div class="waiting">
      <p role="status">{waiting === 0 && said.value === f("send.queued") ? f("send.sent") : said.value}</p>
      {waiting > 0 && (
        <p class="walk-note">
          {f("send.waiting", { n: waiting })}{" "}
          <button type="button" class="walk-link" onClick={() => void sendLetters()}>
            {f("send.now")}
          </button>
        </p>
      )}
      {letters
        .filter((letter) => letter.refused)
        .map((letter) => (
          <p key={letter.key} class="complaint" role="alert">
            <span>
              {f("send.refused", { why: letter.refused })} “{letter.text}”{" "}
              <button type="button" class="walk-link" onClick={() => void dropLetter(letter.key)}>
                {f("send.drop")}
              </button>
            </span>
          </p>
        ))}
    </div>
  );
}
