import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../chrome/Icon";
import { hasGround } from "../../coord/box";
import { createMap } from "../../map/create";
import { meta } from "../../state/app";
import { dark } from "../../state/prefs";
import type { Finding } from "../api/types";
import { w } from "../i18n/text";
import { boxOf } from "./box";
import { nothing, wizardStyle } from "./style";

interface Props {
  incoming: GeoJSON.FeatureCollection | null;
  findings?: readonly Finding[];
  picked?: Finding | null;
  pick?: (n: number) => void;
}

/** What comes in over what is there. Made anew when the colours change: that is rare, and simple. */
export function WizardMap(props: Props) {
  return <OneMap key={`${String(dark.value)} ${meta.value?.edition ?? 0}`} {...props} />;
}

function OneMap({ incoming, findings, picked, pick }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [failed, setFailed] = useState(false);
  const picking = useRef(pick);
  picking.current = pick;

  useEffect(() => {
    const container = holder.current;
    if (!container) return;
    const there = meta.peek();
    const hasMap = Boolean(there && there.networks.length > 0 && hasGround(there.bounds));
    let made: MapLibre;
    try {
      made = createMap(container, wizardStyle(dark.peek(), hasMap), there?.bounds ?? []);
    } catch {
      setFailed(true); // no WebGL2: the list still works
      return;
    }
    made.once("load", () => setMap(made));
    made.on("click", "findings", (event) => {
      const n: unknown = event.features?.[0]?.properties.n;
      if (typeof n === "number") picking.current?.(n);
    });
    return () => {
      setMap(null);
      made.remove();
    };
  }, []);

  useEffect(() => {
    if (!map) return;
    map.getCanvas().setAttribute("aria-label", w("map.label"));
    put(map, "incoming", incoming ?? nothing);
    fit(map, incoming);
  }, [map, incoming]);

  useEffect(() => {
    if (map) put(map, "findings", { type: "FeatureCollection", features: (findings ?? []).flatMap(dot) });
  }, [map, findings]);

  useEffect(() => {
    if (!map) return;
    put(map, "picked", { type: "FeatureCollection", features: picked ? dot(picked) : [] });
    if (picked?.at) map.easeTo({ center: picked.at, zoom: Math.max(map.getZoom(), zoomFor(picked)), duration: 400 });
  }, [map, picked]);

  return (
    <div class="wizard-map">
      <div ref={holder} class="map-canvas" />
      {failed && <p class="map-failed">{w("map.failed")}</p>}
      {map && (
        <>
          <ul class="wizard-legend">
            <li class="legend-incoming">{w("legend.incoming")}</li>
            {map.getLayer("existing") && <li class="legend-existing">{w("legend.existing")}</li>}
          </ul>
          <div class="map-buttons">
            <MapButton icon="plus" label={w("map.in")} press={() => map.zoomIn()} />
            <MapButton icon="minus" label={w("map.out")} press={() => map.zoomOut()} />
            <MapButton icon="fit" label={w("map.fit")} press={() => fit(map, incoming)} />
          </div>
        </>
      )}
    </div>
  );
}

function MapButton({ icon, label, press }: { icon: "plus" | "minus" | "fit"; label: string; press: () => void }) {
  return (
    <button type="button" title={label} aria-label={label} onClick={press}>
      <Icon name={icon} />
    </button>
  );
}

const put = (map: MapLibre, source: string, data: GeoJSON.FeatureCollection): void => {
  void map.getSource<GeoJSONSource>(source)?.setData(data);
};

function fit(map: MapLibre, data: GeoJSON.FeatureCollection | null): void {
  const box = boxOf(data);
  if (box) map.fitBounds(box, { padding: 36, duration: 0, maxZoom: 17 });
}

const dot = (f: Finding): GeoJSON.Feature[] =>
  f.at ? [{ type: "Feature", properties: { n: f.n, severity: f.severity }, geometry: { type: "Point", coordinates: f.at } }] : [];

/** A gap of a few square metres wants a closer look than one of a hectare. */
const zoomFor = (f: Finding): number => (f.area_m2 == null ? 16 : Math.min(19, Math.max(15, 19.5 - Math.log10(f.area_m2 + 1))));
