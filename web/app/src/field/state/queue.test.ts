import { expect, test } from "vitest";
import { type Failure, type Letter, type Post, type Shelf, sendAll } from "./queue";

function shelfOf(...letters: Letter[]): Shelf & { kept: Map<string, Letter> } {
  const kept = new Map(letters.map((l) => [l.key, l]));
  return {
    kept,
    all: () => Promise.resolve([...kept.values()].map((l) => ({ ...l }))),
    put: (l) => Promise.resolve(void kept.set(l.key, { ...l })),
    drop: (key) => Promise.resolve(void kept.delete(key)),
  };
}

const letter = (key: string, photo = false): Letter => ({
  key, plan: 1, text: key, point: [121, 31], at: `2026-01-01T00:00:0${key}Z`, photo: photo ? new Blob(["x"]) : null, comment: null, refused: "",
});

class Offline extends Error {}
const judge = (cause: unknown): Failure => (cause instanceof Offline ? "later" : { refused: String(cause) });

test("what waits goes out in the order it was written, text before photo", async () => {
  const said: string[] = [];
  const post: Post = {
    text: (l) => Promise.resolve(said.push(`text ${l.key}`)),
    photo: (l, n) => Promise.resolve(void said.push(`photo ${l.key} ${n}`)),
  };
  const shelf = shelfOf(letter("2"), letter("1", true));
  expect(await sendAll(shelf, post, judge)).toBe(true);
  expect(said).toEqual(["text 1", "photo 1 1", "text 2"]);
  expect(shelf.kept.size).toBe(0);
});

test("without a network all of it stays, and nothing is sent twice that has gone out", async () => {
  let up = false;
  const said: string[] = [];
  const post: Post = {
    text: (l) => (said.push(`text ${l.key}`), Promise.resolve(7)),
    photo: () => (up ? Promise.resolve() : Promise.reject(new Offline())),
  };
  const shelf = shelfOf(letter("1", true), letter("2"));
  expect(await sendAll(shelf, post, judge)).toBe(false);
  expect([...shelf.kept.keys()]).toEqual(["1", "2"]);
  expect(shelf.kept.get("1")?.comment).toBe(7);
  up = true;
  expect(await sendAll(shelf, post, judge)).toBe(true);
  expect(said).toEqual(["text 1", "text 2"]);
  expect(shelf.kept.size).toBe(0);
});

test("what the server refuses stays with the reason and holds up nothing", async () => {
  const post: Post = {
    text: (l) => (l.key === "1" ? Promise.reject(new Error("方案已不在")) : Promise.resolve(3)),
    photo: () => Promise.resolve(),
  };
  const shelf = shelfOf(letter("1"), letter("2"));
  expect(await sendAll(shelf, post, judge)).toBe(true);
  expect(shelf.kept.get("1")?.refused).toContain("方案已不在");
  expect(shelf.kept.has("2")).toBe(false);
});
