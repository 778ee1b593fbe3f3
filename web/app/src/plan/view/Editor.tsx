import { useEffect } from "preact/hooks";
import { Cursor } from "../../chrome/Cursor";
import { LiveRegion } from "../../chrome/LiveRegion";
import { Offline } from "../../chrome/Offline";
import { Sheet } from "../../chrome/Sheet";
import { Tabs } from "../../chrome/Tabs";
import { meta } from "../../state/app";
import { narrow } from "../../state/prefs";
import { p } from "../i18n/text";
import { PlanMap } from "../map/PlanMap";
import { closePlan, openPlan } from "../state/session";
import { goTo } from "../state/replay";
import { lookForMap } from "../state/firstday";
import * as s from "../state/store";
import { Dialogs } from "./Dialogs";
import { GridRows } from "./GridRows";
import { Header } from "./Header";
import { History } from "./History";
import { Inspector } from "./Inspector";
import { startPlanKeys } from "./keys";
import { ReplayBar } from "./ReplayBar";
import { PreviewBar } from "./PreviewBar";
import { PrintPage } from "./PrintPage";
import { Problems } from "./Problems";
import { Proposals } from "./Proposals";
import { PaintSwitch, Rail } from "./Rail";
import { SignIn } from "./SignIn";
import { Toast } from "./Toast";

/** The editor of one draft. */
export function Editor({ id, rev, day }: { id: number; rev: number | null; day: string }) {
  useEffect(() => {
    void openPlan(id, rev);
    const stopKeys = startPlanKeys();
    return () => {
      stopKeys();
      closePlan();
    };
  }, [id]);
  useEffect(() => {
    if (s.loading.peek() === "ready") void goTo(rev);
  }, [rev]);
  useEffect(() => {
    s.previewDay.value = day;
    if (day) s.tool.value = "select";
    void lookForMap(day);
  }, [id, day]);
  const plan = s.plan.value;
  useEffect(() => {
    document.title = plan ? `${plan.name} · ${p("plans.title")}` : p("plans.title");
  }, [plan?.name]);
  return (
    <div class={`app plan-app ${narrow.value ? "app-narrow" : "app-wide"}`}>
      <nav class="skips" aria-label={p("skip")}>
        <button type="button" class="skip" onClick={() => document.getElementById("plan-filter")?.focus()}>
          {p("skip.list")}
        </button>
      </nav>
      <Header />
      {!narrow.value && (
        <aside class="left" aria-label={p("left")}>
          <Lists />
        </aside>
      )}
      <main class="stage">
        {s.board.value && <PlanMap key={id} />}
        {s.loading.value === "busy" && <p class="loading">{p("loading")}</p>}
        {s.loading.value === "failed" && <Failed id={id} />}
        {s.board.value && <Rail />}
        {s.board.value && <PaintSwitch />}
        <Bars />
        <Offline />
        <SignIn />
        <Toast />
      </main>
      {narrow.value ? (
        <Sheet label={p("left")}>
          <Lists />
        </Sheet>
      ) : (
        <aside class="right" aria-label={p("right")}>
          <Inspector />
        </aside>
      )}
      <StatusLine />
      <Dialogs />
      <LiveRegion />
      {s.printing.value && s.board.value && <PrintPage />}
    </div>
  );
}

/** What says that this is not the draft as it is now. */
function Bars() {
  if (!s.board.value) return null;
  return (
    <>
      {s.replay.value !== null && <ReplayBar />}
      {s.previewDay.value !== "" && <PreviewBar />}
    </>
  );
}

function Failed({ id }: { id: number }) {
  return (
    <div class="loading">
      <p class="complaint" role="alert">
        {s.loadTrouble.value}
        <button type="button" class="quiet" onClick={() => void openPlan(id, s.replay.value)}>
          {p("again")}
        </button>
      </p>
    </div>
  );
}

function Lists() {
  const errors = s.problems.value.length;
  const active = narrow.value || s.leftTab.value !== "selected" ? s.leftTab.value : "grids";
  const items: { id: s.LeftTab; text: string; badge?: string }[] = [
    ...(narrow.value ? [{ id: "selected" as const, text: p("tab.selected") }] : []),
    { id: "grids", text: `${p("tab.grids")} ${s.leaves.value.length || ""}` },
    { id: "problems", text: p("tab.problems"), ...(errors > 0 ? { badge: String(errors) } : {}) },
    { id: "proposals", text: p("tab.proposals") },
    { id: "history", text: p("tab.history") },
  ];
  return (
    <Tabs label={p("left")} active={active} choose={(tab) => (s.leftTab.value = tab)} items={items}>
      {active === "selected" && <Inspector />}
      {active === "grids" && <GridRows />}
      {active === "problems" && <Problems />}
      {active === "proposals" && <Proposals />}
      {active === "history" && <History />}
    </Tabs>
  );
}

function StatusLine() {
  const m = meta.value;
  return (
    <footer class="statusbar">
      <span class="status-hint">{s.hint.value}</span>
      <span class="statusbar-source" title={m?.source_line}>
        {m?.source_line} {m?.map_review_no && p("review", { no: m.map_review_no })}
      </span>
      <Cursor />
    </footer>
  );
}
