import { effect } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../chrome/Icon";
import { createMap } from "../../map/create";
import { camera } from "../../state/app";
import { narrow } from "../../state/prefs";
import { p } from "../i18n/text";
import { holdsOn } from "../state/workflow";
import { dayless } from "../state/firstday";
import * as s from "../state/store";
import { startTools } from "../tools/tools";
import { BrushRing } from "./BrushRing";
import { Compare } from "./Compare";
import { followBoard, lookNow, supplyHatch } from "./live";
import { picture } from "./picture";
import type { TilePlan } from "./look";
import { planStyle } from "./style";
import { findTiles } from "./tileplan";

/** Room around the whole area, so that the tools cover none of it. */
const besideRailPx = { left: 96, right: 28, top: 28, bottom: 28 };
const besideSheetPx = { left: 16, right: 16, top: 76, bottom: 32 };

interface Made {
  map: MapLibre;
  tiles: TilePlan;
}

/** The editor's map; made once per plan. */
export function PlanMap() {
  const holder = useRef<HTMLDivElement>(null);
  const [made, setMade] = useState<Made | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    let gone = false;
    let stop = (): void => undefined;
    const container = holder.current;
    const plan = s.plan.peek();
    const board = s.board.peek();
    if (!container || !plan || !board) return;
    void findTiles(plan.id, board.rev, s.replay.peek() !== null).then((tiles) => {
      if (gone) return;
      try {
        const map = createMap(container, planStyle(lookNow(tiles)), board.bounds);
        supplyHatch(map);
        map.fitBounds(board.bounds, { padding: narrow.peek() ? besideSheetPx : besideRailPx, duration: 0 });
        map.once("load", () => {
          if (gone) return;
          const stops = [followBoard(map, tiles), startTools(map), nameMap(map)];
          stop = () => stops.forEach((end) => end());
          setMade({ map, tiles });
        });
        picture.value = () => shoot(map);
        stop = () => undefined;
        const remove = (): void => map.remove();
        removers.push(remove);
      } catch {
        setFailed(true); // no WebGL2: lists and forms still work
      }
    });
    const removers: (() => void)[] = [];
    return () => {
      gone = true;
      stop();
      picture.value = null;
      for (const remove of removers) remove();
    };
  }, []);

  const day = s.previewDay.value;
  const published = day !== "" && s.plan.value !== null && !holdsOn(s.plan.value, day);
  return (
    <div class="map">
      <div ref={holder} class="map-canvas" />
      <div class="map-cross" aria-hidden="true">
        <span>{p("map.hint")}</span>
      </div>
      {failed && <p class="map-failed">{p("map.failed")}</p>}
      {made && s.tool.value === "brush" && <BrushRing map={made.map} />}
      {made && s.comparing.value && !published && <Compare map={made.map} />}
      {made && published && <OfDay map={made.map} day={day} />}
      {made && <Buttons map={made.map} />}
    </div>
  );
}

/** The map of another day over the draft; where there was none, words in its place. */
function OfDay({ map, day }: { map: MapLibre; day: string }) {
  if (dayless.value?.day === day) return <p class="map-failed map-blank">{p("preview.blank", { day })}</p>;
  return <Compare map={map} day={day} whole />;
}

function Buttons({ map }: { map: MapLibre }) {
  const whole = (): void => {
    const box = s.board.value?.bounds;
    if (box) camera.value = { box };
  };
  return (
    <div class="map-buttons">
      <button type="button" title={p("map.in")} aria-label={p("map.in")} onClick={() => map.zoomIn()}>
        <Icon name="plus" />
      </button>
      <button type="button" title={p("map.out")} aria-label={p("map.out")} onClick={() => map.zoomOut()}>
        <Icon name="minus" />
      </button>
      <button type="button" title={p("map.fit")} aria-label={p("map.fit")} onClick={whole}>
        <Icon name="fit" />
      </button>
    </div>
  );
}

const nameMap = (map: MapLibre): (() => void) =>
  effect(() => {
    map.getCanvas().setAttribute("aria-label", p("map.label"));
  });

/** The map as it stands, as a picture for the print page; read within the frame that draws it. */
function shoot(map: MapLibre): Promise<string> {
  return new Promise((done) => {
    map.once("render", () => done(map.getCanvas().toDataURL("image/png")));
    map.triggerRepaint();
  });
}
