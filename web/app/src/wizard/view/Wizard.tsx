import { useEffect } from "preact/hooks";
import { LiveRegion } from "../../chrome/LiveRegion";
import { lang, themeChoice, toggleTheme } from "../../state/prefs";
import { w } from "../i18n/text";
import * as s from "../state/store";
import { DropStep } from "./DropStep";
import { FieldStep } from "./FieldStep";
import { LookStep } from "./LookStep";
import { LastStep } from "./LastStep";
import { ReportStep } from "./ReportStep";

/** The wizard: a header, the steps, and the one that is at hand. */
export function Wizard() {
  useEffect(() => {
    document.title = `${w("title")} · ${w("app.name")}`;
  }, [lang.value]);
  return (
    <div class="wizard">
      <Header />
      <Body />
      <LiveRegion />
    </div>
  );
}

function Header() {
  const me = s.me.value;
  return (
    <header class="header">
      <h1 class="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span class="brand-name">{w("app.name")}</span>
        <span class="brand-title">{w("title")}</span>
      </h1>
      <nav class="header-tools">
        <a class="tool" href="#/plans">
          {w("plans")}
        </a>
        <a class="tool wide-only" href="#">
          {w("publicMap")}
        </a>
        {me?.accounts && me.signed && (
          <a class="tool wide-only" href="/account">
            {me.title || me.name}
          </a>
        )}
        <button type="button" class="tool" onClick={() => (lang.value = lang.value === "zh" ? "en" : "zh")}>
          {w("lang.switch")}
        </button>
        <button type="button" class="tool" onClick={toggleTheme}>
          {w(`theme.${themeChoice.value}`)}
        </button>
      </nav>
    </header>
  );
}

function Body() {
  const me = s.me.value;
  if (!me) return <main class="wizard-main">{s.trouble.value ? <Trouble /> : <p class="hint">{w("loading")}</p>}</main>;
  if (!me.can.edit) return <Refused signIn={me.accounts && !me.signed} />;
  return (
    <>
      <Steps />
      <main class="wizard-main" aria-labelledby="step-title">
        <h2 id="step-title" class="unseen" tabIndex={-1}>
          {w(`step.${s.step.value}`)}
        </h2>
        <Trouble />
        {s.step.value === 1 && <DropStep />}
        {s.step.value === 2 && <LookStep />}
        {s.step.value === 3 && <FieldStep />}
        {s.step.value === 4 && <ReportStep />}
        {s.step.value === 5 && <LastStep />}
      </main>
    </>
  );
}

function Refused({ signIn }: { signIn: boolean }) {
  return (
    <main class="wizard-main">
      <section class="wizard-card wizard-refused">
        <h2>{signIn ? w("signin.title") : w("denied.title")}</h2>
        {signIn ? (
          <a class="primary" href={`/sign-in?next=${encodeURIComponent("/?import")}`}>
            {w("signin.go")}
          </a>
        ) : (
          <p>{w("denied.body")}</p>
        )}
      </section>
    </main>
  );
}

function Trouble() {
  if (!s.trouble.value) return null;
  return (
    <p class="complaint" role="alert">
      {s.trouble.value}
    </p>
  );
}

function Steps() {
  const at = s.step.value;
  useEffect(() => {
    document.querySelector(".wizard")?.scrollTo(0, 0);
    if (document.activeElement === document.body) document.getElementById("step-title")?.focus();
  }, [at]);
  return (
    <ol class="wizard-steps" aria-label={w("steps")}>
      {([1, 2, 3, 4, 5] as const).map((n) => (
        <li key={n} class={n < at ? "step-done" : ""} {...(n === at ? { "aria-current": "step" as const } : {})}>
          <span class="step-number" aria-hidden="true">
            {n < at ? "✓" : n}
          </span>
          <span>{w(`step.${n}`)}</span>
          {n < at && <span class="unseen">（{w("stepDone")}）</span>}
        </li>
      ))}
    </ol>
  );
}
