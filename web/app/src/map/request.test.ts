import { beforeEach, expect, test, vi } from "vitest";
import { changed } from "../api/seen";
import { ownRequest } from "./request";

beforeEach(() => vi.stubGlobal("location", new URL("http://grid.example/#/plans")));

test("tiles come from where the page came from, and not from before what it changed", () => {
  const tile = "http://elsewhere.example/tiles/grids/%7Bz%7D/{x}/{y}.mvt?network=a%20b";
  const here = "http://grid.example/tiles/grids/{z}/{x}/{y}.mvt?network=a%20b";
  expect(ownRequest(tile)).toEqual({ url: here, headers: {} });
  changed(new Response(null, { headers: { "X-CloudGrid-Seq": "12" } }));
  expect(ownRequest(tile)).toEqual({ url: here, headers: { "X-CloudGrid-Min-Seq": "12" } });
});
