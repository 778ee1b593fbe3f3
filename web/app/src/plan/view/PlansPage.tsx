import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { lang, themeChoice, toggleTheme } from "../../state/prefs";
import { meta } from "../../state/app";
import { createPlan, getMe, listPlans, revertTo } from "../api/client";
import { signedOut } from "../api/request";
import type { Me, Plan } from "../api/types";
import { p } from "../i18n/text";
import { when } from "../i18n/when";
import { planHash } from "../route";
import { words } from "../state/say";
import { Field } from "./AttrsForm";
import { SignIn } from "./SignIn";

/** Every plan there is, and the form for a new one. */
export function PlansPage() {
  const plans = useSignal<Plan[] | null>(null);
  const me = useSignal<Me | null>(null);
  const trouble = useSignal("");
  const load = async (): Promise<void> => {
    try {
      me.value = await getMe();
      if (me.value.accounts && !me.value.signed) signedOut.value = true;
      else plans.value = await listPlans();
    } catch (cause) {
      trouble.value = words(cause);
    }
  };
  useEffect(() => {
    document.title = `${p("plans.title")} · ${p("app.name")}`;
    void load();
  }, []);
  return (
    <div class="plans">
      <header class="header">
        <h1 class="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span class="brand-name">{p("app.name")}</span>
          <span class="brand-title">{p("plans.title")}</span>
        </h1>
        <div class="header-tools">
          <ImportLink me={me.value} />
          <a class="tool" href="#">
            {p("plans.publicMap")}
          </a>
          <a class="tool" href="#/field">
            {p("field.walk")}
          </a>
          {me.value?.accounts && me.value.signed && (
            <a class="tool" href="/account">
              {me.value.title || me.value.name}
            </a>
          )}
          <button type="button" class="tool" onClick={() => (lang.value = lang.value === "zh" ? "en" : "zh")}>
            {p("lang.switch")}
          </button>
          <button type="button" class="tool" onClick={toggleTheme}>
            {p(`theme.${themeChoice.value}`)}
          </button>
        </div>
      </header>
      <SignIn />
      <main class="plans-main">
        <section aria-labelledby="plans-list">
          <h2 id="plans-list">{p("plans.all")}</h2>
          <PlanList plans={plans.value} trouble={trouble.value} />
        </section>
        <div class="plans-side">
          {meta.value?.networks.length === 0 ? <MapFirst me={me.value} /> : <NewPlan />}
          <Revert />
        </div>
      </main>
    </div>
  );
}

function PlanList({ plans, trouble }: { plans: readonly Plan[] | null; trouble: string }) {
  if (trouble) {
    return (
      <p class="complaint" role="alert">
        {trouble}
      </p>
    );
  }
  if (!plans) return signedOut.value ? null : <p class="hint">{p("loading")}</p>;
  if (plans.length === 0) return meta.value?.networks.length === 0 ? null : <p class="plan-none">{p("plans.empty")}</p>;
  return (
    <ul class="plans-list">
      {plans.map((plan) => (
        <li key={plan.id}>
          <a class="plan-card" href={planHash(plan.id)}>
            <span class="plan-card-name">{plan.name}</span>
            <span class={`state state-${plan.state}`}>{p(`state.${plan.state}`)}</span>
            <span class="op-who">
              v{plan.rev} · {plan.created_by} · {when(plan.changed_at)} · {p("plan.base", { n: plan.base_edition })}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Files are brought in on a page of its own. */
function ImportLink({ me }: { me: Me | null }) {
  if (!me?.can?.edit) return null;
  return (
    <a class="tool" href="#/import">
      {p("plans.import")}
    </a>
  );
}

/** A plan redraws a map: where there is none yet, that comes first. */
function MapFirst({ me }: { me: Me | null }) {
  return (
    <section class="plans-new" aria-labelledby="plans-first">
      <h2 id="plans-first">{p("plans.first")}</h2>
      <p>{p(me?.can?.import ? "plans.firstImport" : "plans.firstAsk")}</p>
      {me?.can?.import && (
        <a class="primary" href="#/import">
          {p("plans.firstGo")}
        </a>
      )}
    </section>
  );
}

function NewPlan() {
  const name = useSignal("");
  const note = useSignal("");
  const network = useSignal("");
  const trouble = useSignal("");
  const networks = meta.value?.networks ?? [];
  const go = async (): Promise<void> => {
    try {
      const plan = await createPlan({
        name: name.value.trim(),
        ...(network.value ? { network: network.value } : {}),
        ...(note.value.trim() ? { note: note.value.trim() } : {}),
      });
      location.hash = planHash(plan.id);
    } catch (cause) {
      trouble.value = words(cause);
    }
  };
  return (
    <section class="plans-new" aria-labelledby="plans-new">
      <h2 id="plans-new">{p("plans.new")}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <Field label={p("plans.name")} value={name.value} change={(v) => (name.value = v)} required />
        {networks.length > 1 && (
          <label class="field">
            <span>{p("plans.network")}</span>
            <select value={network.value} onChange={(event) => (network.value = event.currentTarget.value)}>
              {networks.map((n) => (
                <option key={n.id} value={n.main ? "" : n.code}>
                  {n.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label class="field">
          <span>{p("plans.note")}</span>
          <textarea rows={3} value={note.value} onInput={(event) => (note.value = event.currentTarget.value)} />
        </label>
        {trouble.value && (
          <p class="complaint" role="alert">
            {trouble.value}
          </p>
        )}
        <button type="submit" class="primary" disabled={!name.value.trim()}>
          {p("plans.create")}
        </button>
        <p class="hint">{p("plans.newHint")}</p>
      </form>
    </section>
  );
}

/** Rolling back is a plan like any other: one that brings an earlier edition back. */
function Revert() {
  const now = meta.value?.edition ?? 1;
  const edition = useSignal("");
  const trouble = useSignal("");
  if (now < 2) return null;
  const go = async (): Promise<void> => {
    try {
      const n = Number(edition.value);
      const plan = await revertTo(n, p("plans.revertName", { n }));
      location.hash = planHash(plan.id);
    } catch (cause) {
      trouble.value = words(cause);
    }
  };
  return (
    <section class="plans-new" aria-labelledby="plans-revert">
      <h2 id="plans-revert">{p("plans.revert")}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <Field
          kind="number"
          label={p("plans.revertTo", { n: now - 1 })}
          value={edition.value}
          change={(v) => (edition.value = v)}
          required
        />
        {trouble.value && (
          <p class="complaint" role="alert">
            {trouble.value}
          </p>
        )}
        <button type="submit" class="tool" disabled={!edition.value}>
          {p("plans.create")}
        </button>
      </form>
    </section>
  );
}
