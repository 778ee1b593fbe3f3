import { p, pOr } from "../i18n/text";
import { when } from "../i18n/when";
import { planHash } from "../route";
import { jumpTo, play, replayed, stepBy } from "../state/replay";
import { announce } from "../state/say";
import * as s from "../state/store";

/** What is looked back at, and the controls of a player: back, on, play, and the way to the draft as it is. */
export function ReplayBar() {
  const rev = s.replay.value ?? 0;
  const plan = s.plan.value;
  const last = plan?.rev ?? 0;
  const op = replayed();
  return (
    <section class="replay" aria-label={p("replay.title")}>
      <p class="replay-what">
        <b>{p("replay.at", { n: rev, last })}</b> <Words />
      </p>
      <div class="replay-tools">
        <Button text={p("replay.first")} sign="M5 4v12M16 4l-8 6 8 6z" off={rev === 0} act={() => void jumpTo(0)} />
        <Button text={p("replay.back")} sign="M13 4l-8 6 8 6z" off={rev === 0} act={() => stepBy(-1)} />
        <Button
          text={p(s.playing.value ? "replay.pause" : "replay.play")}
          sign={s.playing.value ? "M7 4v12M13 4v12" : "M6 3.500l10 6.500-10 6.500z"}
          off={last === 0}
          act={() => play(!s.playing.value)}
        />
        <Button text={p("replay.on")} sign="M7 4l8 6-8 6z" off={rev >= last} act={() => stepBy(1)} />
        <Button text={p("replay.last")} sign="M4 4l8 6-8 6zM15 4v12" off={rev >= last} act={() => void jumpTo(last)} />
        <input
          type="range"
          class="replay-slider"
          aria-label={p("replay.slider")}
          aria-valuetext={`v${rev} ${op?.summary ?? ""}`}
          min="0"
          max={last}
          value={rev}
          onChange={(event) => void jumpTo(Number(event.currentTarget.value))}
        />
        <button type="button" class="tool" onClick={() => void copyLink()}>
          {p("replay.copy")}
        </button>
        <a class="primary replay-leave" href={planHash(plan?.id ?? 0)}>
          {p("replay.leave")}
        </a>
      </div>
    </section>
  );
}

function Words() {
  const op = replayed();
  if (!op) return <span>{s.replay.value === 0 ? p("replay.begin") : ""}</span>;
  return (
    <span>
      {op.actor} · <time dateTime={op.at}>{when(op.at)}</time> · {op.summary ?? pOr(`op.${op.kind}`, op.kind)}
    </span>
  );
}

function Button({ text, sign, off, act }: { text: string; sign: string; off: boolean; act: () => void }) {
  return (
    <button type="button" class="tool-icon" title={text} aria-label={text} disabled={off} onClick={act}>
      <svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false">
        <path d={sign} />
      </svg>
    </button>
  );
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    announce(p("replay.copied"));
  } catch {
    announce(location.href); // no clipboard without https: to be copied by hand
  }
}
