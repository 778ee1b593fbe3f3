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
  const leaf = chain.at(-1);
  const outside = answer.status === "outside";
  const nearestId = answer.nearest?.chain.at(-1)?.id;
  const certainTo = answer.status === "near_border" ? (answer.certain_level?.rank ?? -1) : undefined;
  return (
    <>
      <Verdict answer={answer} />
      {answer.status === "near_border" && <Candidates answer={answer} />}
      {chain.length > 0 && <Chain title={t("answer.who")} chain={chain} certainTo={certainTo} />}
      {outside && answer.nearest && <Chain title={t("answer.nearestTitle")} chain={answer.nearest.chain} faint />}
      <Hotline />
      {detail && !outside && <Counts grid={detail} />}
      <Border border={answer.nearest_border} outside={outside} />
      <Facts
        rows={[
          [t("answer.atom"), answer.atom ? answer.atom.code || answer.atom.name : null, "mono"],
          [
            t("answer.point"),
            `${degrees(answer.point.lon)}, ${degrees(answer.point.lat)} · ${crsName(answer.point.crs)}`,
            "mono",
          ],
          [
            t("answer.asked"),
            query.crs === answer.point.crs
              ? null
              : `${degrees(query.lon)}, ${degrees(query.lat)} · ${crsName(query.crs)}`,
            "mono",
          ],
          [t("answer.accuracy"), answer.accuracy_m > 0 ? distance(answer.accuracy_m) : null],
        ]}
      />
      <Actions
        json={() => answer}
        gridId={outside ? nearestId : leaf?.id}
        jsonUrl={resolveUrl(query, network.value.code)}
      />
      <Provenance edition={answer.edition} dataDate={answer.data_date} />
    </>
  );
}

const crsName = (crs: string): string => tOr(`crs.${crs}`, crs.toUpperCase());
