import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../../chrome/Icon";
import type { Meta } from "../../api/types";
import { signedOut } from "../../plan/api/request";
import type { Plan } from "../../plan/api/types";
import { meta } from "../../state/app";
import { dark, lang, toggleTheme } from "../../state/prefs";
import { f } from "../i18n/text";
import { FieldMap } from "../map/FieldMap";
import { letters } from "../state/letters";
import * as w from "../state/walk";
import { Near } from "./Near";
import { Waiting } from "./Waiting";
import { Where } from "./Where";
import { Write } from "./Write";

/** Walking the line of one plan: the map above, where one stands and what others saw below. */
export function FieldPage({ id }: { id: number }) {
  useEffect(() => {
    w.plan.value = null;
    w.here.value = null;
    w.hereAt.value = null;
    w.place.value = null;
    void w.openWalk(id);
    return w.followMe();
  }, [id]);
  const place = w.place.value;
  useEffect(() => {
    if (place && place.accuracyM <= w.coarseM) void w.askHere(id, place);
  }, [id, place]);
  const plan = w.plan.value;
  const known = meta.value;
  const title = plan?.name ?? f("app.title");
  useEffect(() => {
    document.title = `${title} · CloudGrid`;
  }, [title]);
  return (
    <div class="walk">
      <FieldHeader title={title} />
      {plan && known && <FieldMap plan={id} leaf={leafOf(known, plan)} bounds={known.bounds} />}
      <main class="walk-sheet">
        <Trouble id={id} />
        {plan && <Sheet plan={plan} />}
      </main>
    </div>
  );
}

function leafOf(known: Meta, plan: Plan): number {
  const network = known.networks.find((n) => n.code === plan.network) ?? known.networks[0];
  return network?.levels.at(-1)?.rank ?? 0;
}

function Trouble({ id }: { id: number }) {
  if (signedOut.value) return <SignIn id={id} />;
  if (w.trouble.value) {
    return (
      <p class="complaint" role="alert">
        {w.trouble.value}
      </p>
    );
  }
  return w.plan.value ? null : <p class="hint">{f("loading")}</p>;
}

function Sheet({ plan }: { plan: Plan }) {
  const writing = useSignal(false);
  const place = w.place.value;
  if (writing.value && place) return <Write plan={plan} place={place} close={() => (writing.value = false)} />;
  return (
    <>
      <Where />
      <WriteButton may={plan.can?.comment !== false} open={() => (writing.value = true)} />
      <Waiting letters={letters.value.filter((letter) => letter.plan === plan.id)} />
      <Near />
    </>
  );
}

function WriteButton({ may, open }: { may: boolean; open: () => void }) {
  const nowhere = w.place.value === null;
  const words = !may ? "write.denied" : nowhere ? "write.nowhere" : "write.open";
  return (
    <button type="button" class="walk-big" disabled={!may || nowhere} onClick={open}>
      {f(words)}
    </button>
  );
}

export function FieldHeader({ title }: { title: string }) {
  return (
    <header class="walk-header">
      <a href="#/field" class="walk-back" aria-label={f("back")} title={f("back")}>
        ‹
      </a>
      <h1>{title}</h1>
      <button type="button" onClick={() => (lang.value = lang.value === "zh" ? "en" : "zh")}>
        {f("lang.other")}
      </button>
      <button type="button" aria-label={f("theme")} title={f("theme")} onClick={toggleTheme}>
        <Icon name={dark.value ? "moon" : "sun"} />
      </button>
    </header>
  );
}

export function SignIn({ id }: { id: number | null }) {
  const next = id === null ? "/?field" : `/?field=${id}`;
  return (
    <p class="walk-note" role="alert">
      {f("signin.body")} <a href={`/sign-in?next=${encodeURIComponent(next)}`}>{f("signin.go")}</a>
    </p>
  );
}
