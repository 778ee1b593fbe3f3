import { expect, test } from "vitest";
import { changed, notBefore } from "./seen";

const answer = (seq: string, status = 200): Response => new Response(null, { status, headers: { "X-CloudGrid-Seq": seq } });

test("what this page changed is asked for, for a while", () => {
  expect(notBefore(0)).toEqual({});
  changed(answer("7"), 1000);
  changed(answer("5"), 1001);
  changed(answer("9", 503), 1002);
  changed(new Response(null), 1003);
  expect(notBefore(2000)).toEqual({ "X-CloudGrid-Min-Seq": "7" });
  expect(notBefore(1001 + 60_000)).toEqual({});
  changed(answer("6"), 200_000); // after a database was restored
  expect(notBefore(200_001)).toEqual({ "X-CloudGrid-Min-Seq": "6" });
});
