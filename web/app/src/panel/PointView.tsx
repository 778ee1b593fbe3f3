import { resolveUrl } from "../api/client";
import type { Answer, GridDetail, PointQuery } from "../api/types";
import { t, tOr } from "../i18n/text";
import { degrees, distance } from "../i18n/units";
import { network } from "../state/app";
import { Actions } from "./Actions";
import { Candidates } from "./Candidates";
import { Chain } from "./Chain";
import { Border, Counts, Facts, Provenance } from "./Facts";
import { Hotline } from "./Hotline";
import { Verdict } from "./Verdict";

interface Props {
  answer: Answer;
  query: PointQuery;
  detail: GridDetail | undefined;
}

/** The answer for a point, most needed first: whose it is, how sure that is, whom to call. */
export function PointView({ answer, query, detail }: Props) {
  const chain = answer.chain ?? [];
  const outside = answer.status === "outside";
  const certainTo = answer.status === "near_border" ? (answer.certain_level?.rank ?? -1) : undefined;
  return (
    <>
      <Verdict answer={answer} />
      <Candidates answer={answer} />
      {chain.length > 0 && <Chain title={t("answer.who")} chain={chain} certainTo={certainTo} />}
      {outside && answer.nearest && <Chain title={t("answer.nearestTitle")} chain={answer.nearest.chain} faint />}
      <Hotline />
      {detail && !outside && <Counts grid={detail} />}
      <Border border={answer.nearest_border} outside={outside} />
      <PointFacts answer={answer} query={query} />
      <Actions
        json={() => answer}
        gridId={detail?.id}
        jsonUrl={resolveUrl(query, network.value.code)}
      />
      <Provenance edition={answer.edition} dataDate={answer.data_date} />
    </>
  );
}

function PointFacts({ answer, query }: { answer: Answer; query: PointQuery }) {
  const { atom, point, accuracy_m } = answer;
  return (
    <Facts
      rows={[
        [t("answer.atom"), atom ? atom.code || atom.name : null, "mono"],
        [t("answer.point"), written(point.lon, point.lat, point.crs), "mono"],
        [t("answer.asked"), query.crs === point.crs ? null : written(query.lon, query.lat, query.crs), "mono"],
        [t("answer.accuracy"), accuracy_m > 0 ? distance(accuracy_m) : null],
      ]}
    />
  );
}

const written = (lon: number, lat: number, crs: string): string =>
  `${degrees(lon)}, ${degrees(lat)} · ${crsName(crs)}`;

const crsName = (crs: string): string => tOr(`crs.${crs}`, crs.toUpperCase());
