import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Day } from "./chrome/Day";
import { Header } from "./chrome/Header";
import { Help } from "./chrome/Help";
import { openTab } from "./chrome/keys";
import { Legend } from "./chrome/Legend";
import { LevelSwitch } from "./chrome/LevelSwitch";
import { LiveRegion } from "./chrome/LiveRegion";
import { Offline } from "./chrome/Offline";
import { Sheet } from "./chrome/Sheet";
import { StatusBar } from "./chrome/StatusBar";
import { Tabs } from "./chrome/Tabs";
import { t } from "./i18n/text";
import { GridList } from "./list/GridList";
import { levelScales } from "./map/levels";
import { MapView } from "./map/MapView";
import { AnswerPanel } from "./panel/AnswerPanel";
import { CoordForm } from "./paste/CoordForm";
import { meta, network, type Tab, tab } from "./state/app";
import { narrow } from "./state/prefs";

export function App() {
  const m = meta.value;
  const asking = useSignal(false);
  const chooseDay = (): void => {
    asking.value = true;
    requestAnimationFrame(() => document.getElementById("day-input")?.focus());
  };
  useEffect(() => {
    document.title = m ? `${m.title} · ${t("app.name")}` : t("app.name");
  }, [m]);
  const looks = m ? levelScales(network.value, m.bounds).map((s) => [s.level.rank, s.look] as const) : [];
  return (
    <div class={`app ${narrow.value ? "app-narrow" : "app-wide"}`}>
      <nav class="skips" aria-label={t("skip.label")}>
        <button type="button" class="skip" onClick={() => openTab("grids", "list-filter")}>
          {t("skip.list")}
        </button>
        <button type="button" class="skip" onClick={() => openTab("coord", "coord-text")}>
          {t("skip.coord")}
        </button>
      </nav>
      <Header />
      {!narrow.value && <LeftPanel />}
      <main class="stage">
        <MapView />
        {!m && <p class="loading">{t("app.loading")}</p>}
        {m && m.networks.length > 0 && <LevelSwitch />}
        {m && m.networks.length > 0 && <Legend looks={new Map(looks)} />}
        <Day asking={asking.value} close={() => (asking.value = false)} />
        <Offline />
      </main>
      {narrow.value ? (
        <NarrowPanel />
      ) : (
        <aside class="right" aria-label={t("panel.right")}>
          <AnswerPanel />
        </aside>
      )}
      <StatusBar chooseDay={chooseDay} />
      <Help />
      <LiveRegion />
    </div>
  );
}

const choose = (id: Tab): void => {
  tab.value = id;
};

function LeftPanel() {
  const active = tab.value === "coord" ? "coord" : "grids";
  return (
    <aside class="left" aria-label={t("panel.left")}>
      <Tabs
        label={t("panel.left")}
        active={active}
        choose={choose}
        items={[
          { id: "grids", text: t("tab.grids") },
          { id: "coord", text: t("tab.coord") },
        ]}
      >
        {active === "coord" ? <CoordForm /> : <GridList />}
      </Tabs>
    </aside>
  );
}

function NarrowPanel() {
  const active = tab.value;
  return (
    <Sheet label={t("panel.left")}>
      <Tabs
        label={t("panel.left")}
        active={active}
        choose={choose}
        items={[
          { id: "answer", text: t("tab.answer") },
          { id: "grids", text: t("tab.grids") },
          { id: "coord", text: t("tab.coord") },
        ]}
      >
        {active === "answer" && <AnswerPanel />}
        {active === "grids" && <GridList />}
        {active === "coord" && <CoordForm />}
      </Tabs>
    </Sheet>
  );
}
