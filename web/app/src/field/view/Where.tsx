import { online } from "../../state/app";
import { f } from "../i18n/text";
import type { Here, Spot } from "../state/api";
import { compass, distanceM } from "../state/near";
import * as w from "../state/walk";

const metres = (m: number): string => (m < 10 ? m.toFixed(1) : String(Math.round(m)));

/** Which grid holds the place now and which will, and how far the proposed border is. */
export function Where() {
  const place = w.place.value;
  return (
    <section class="where" aria-live="polite">
      <Source />
      {place && place.accuracyM > w.coarseM && (
        <p class="walk-note">{f("gps.coarse", { m: Math.round(place.accuracyM) })}</p>
      )}
      {place && place.accuracyM <= w.coarseM && w.here.value && <Answer here={w.here.value} place={place} />}
    </section>
  );
}

/** Where the place comes from, or why there is none. */
function Source() {
  const place = w.place.value;
  const state = w.gps.value;
  const missing = state === "waiting" || state === "refused" || state === "insecure" || state === "failed";
  return (
    <>
      {place && (
        <p class="where-source">
          {place.by === "gps" ? f("place.gps", { m: Math.round(place.accuracyM) }) : f("place.tap")}
          <span class="mono"> {place.at[1].toFixed(5)}, {place.at[0].toFixed(5)}</span>
          {place.by === "tap" && w.own.value && (
            <button type="button" class="where-back" onClick={w.backToMe}>
              {f("me.here")}
            </button>
          )}
        </p>
      )}
      {missing && !place && <p class="walk-note">{f(`gps.${state}`)}</p>}
    </>
  );
}

const nameOf = (spot: Spot): string => spot.grid?.name ?? f("grid.none");

function Answer({ here, place }: { here: Here; place: w.Place }) {
  const asked = w.hereAt.value;
  const awayM = asked ? distanceM(asked, place.at) : 0;
  return (
    <>
      {here.changes ? (
        <p class="where-change">
          <span>
            <small>{f("now.is")}</small>
            <b>{nameOf(here.now)}</b>
          </span>
          <span class="where-arrow" aria-hidden="true">
            →
          </span>
          <span class="where-new">
            <small>{f("will.be")}</small>
            <b>{nameOf(here.proposed)}</b>
          </span>
        </p>
      ) : (
        <p class="where-same">
          <small>{f("same.is")}</small>
          <b>{nameOf(here.now)}</b>
        </p>
      )}
      <p class="hint">{(here.proposed.grid?.upper ?? []).join(" · ")}</p>
      <Border spot={here.proposed} place={place} />
      {!online.value && <p class="walk-note">{f("here.old", { m: metres(awayM) })}</p>}
    </>
  );
}

function Border({ spot, place }: { spot: Spot; place: w.Place }) {
  const { border_m: away, border_at: at } = spot;
  if (away === null || !at) return <p>{f("border.none")}</p>;
  const beyond = spot.across?.name ?? f("border.outside");
  const dir = f(`dir.${compass(place.at, at)}`);
  return (
    <>
      <p class="where-border">{f("border.away", { m: metres(away), dir, grid: beyond })}</p>
      {place.accuracyM > away && (
        <p class="walk-note where-unsure">{f("border.unsure", { m: Math.round(place.accuracyM), grid: beyond })}</p>
      )}
    </>
  );
}
