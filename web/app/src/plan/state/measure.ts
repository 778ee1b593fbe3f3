import { area, count } from "../../i18n/units";
import type { Measure } from "../api/proposals";
import { p } from "../i18n/text";
import * as s from "./store";

const areaUnitM2 = 100; // the engine's, when it weighs by ground

/** What a candidate moves, in the measure that it was asked in. */
export const amount = (n: number, by: Measure): string => (by === "area" ? area(n * areaUnitM2) : count(n));

export const movedWords = (by: Measure): string => p(by === "area" ? "prop.movedArea" : by === "atoms" ? "prop.movedAtoms" : "prop.moved");

/** Whether the atoms of the draft carry anything that they could be weighed by. */
export const counted = (): boolean => s.board.value?.load.some((load) => load > 0) ?? true;
