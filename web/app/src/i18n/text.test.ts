import { afterEach, expect, test } from "vitest";
import type { Answer, GridLink } from "../api/types";
import { lang } from "../state/prefs";
import { en } from "./en";
import { answerSentence } from "./sentences";
import { area, distance, percent } from "./units";
import { zh } from "./zh";

afterEach(() => {
  lang.value = "zh";
});

test("both languages fill in the same names", () => {
  const names = (text: string): string[] => [...text.matchAll(/\{\w+\}/gu)].map(String).sort();
  for (const key of Object.keys(zh) as (keyof typeof zh)[])
    expect([key, names(en[key])]).toEqual([key, names(zh[key])]);
});

test("figures are written as people say them", () => {
  expect([distance(3.24), distance(412.7), distance(1530), distance(25_300)]).toEqual([
    "3.2 米",
    "413 米",
    "1.53 公里",
    "25.3 公里",
  ]);
  expect([area(812), area(125_000), area(2_300_000)]).toEqual(["812 平方米", "12.5 公顷", "2.3 平方公里"]);
  expect([percent(0.651), percent(0.034)]).toEqual(["65%", "3.4%"]);
  lang.value = "en";
  expect([distance(412.7), area(2_300_000)]).toEqual(["413 m", "2.3 km²"]);
});

const link = (name: string): GridLink => ({
  id: 1,
  code: "1",
  name,
  level: { rank: 0, code: "town", name: "区" },
  type: "general",
  type_name: "综合网格",
  staff: [],
});

const answer = (part: Partial<Answer>): Answer => ({
  status: "inside",
  point: { lon: 0, lat: 0, crs: "wgs84" },
  accuracy_m: 0,
  network: "main",
  edition: 1,
  data_date: "",
  chain: null,
  atom: null,
  certain_level: null,
  candidates: null,
  nearest_border: null,
  nearest: null,
  message: "",
  ...part,
});

test("an answer is told honestly", () => {
  expect(answerSentence(answer({ chain: [link("中区"), link("公園里")] }))).toBe("这里归公園里（中区 › 公園里）。");
  const candidates = ["公園里", "光復里"].map((name, i) => ({ id: i, code: "", name, distance_m: i, share: 0.5 }));
  expect(answerSentence(answer({ status: "near_border", chain: [link("公園里")], candidates }))).toBe(
    "靠近边界：最可能归公園里，也可能归光復里。",
  );
  expect(answerSentence(answer({ status: "outside", nearest: { distance_m: 1200, chain: [link("公園里")] } }))).toBe(
    "不在辖区内。最近的是公園里，相距1.2 公里，但它不是责任网格。",
  );
  expect(answerSentence(answer({ status: "outside", chain: [link("公園里")] }))).toContain("不在辖区内");
  expect(answerSentence(answer({ status: "outside" }))).toBe("不在辖区内，附近也没有网格。");
});
