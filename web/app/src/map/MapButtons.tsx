import type { Map as MapLibre } from "maplibre-gl";
import { Icon } from "../chrome/Icon";
import { t } from "../i18n/text";
import { wholeArea } from "../state/actions";

export function MapButtons({ map }: { map: MapLibre }) {
  return (
    <div class="map-buttons">
      <button type="button" title={t("map.in")} aria-label={t("map.in")} onClick={() => map.zoomIn()}>
        <Icon name="plus" />
      </button>
      <button type="button" title={t("map.out")} aria-label={t("map.out")} onClick={() => map.zoomOut()}>
        <Icon name="minus" />
      </button>
      <button type="button" title={t("map.fit")} aria-label={t("map.fit")} onClick={wholeArea}>
        <Icon name="fit" />
      </button>
    </div>
  );
}
