import { expect, test, vi } from "vitest";
import { send } from "./request";

test("an answer that breaks off is as good as none: what was sent is sent again", async () => {
  const cut = new ReadableStream({
    start(body) {
      body.enqueue(new TextEncoder().encode('{"rev":'));
      body.error(new TypeError("network error"));
    },
  });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(cut, { status: 200 })));
  await expect(send("POST", "/v1/plans/1/ops", {})).rejects.toMatchObject({ offline: true });
});
