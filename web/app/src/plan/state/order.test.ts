import { expect, test } from "vitest";
import { inOrder } from "./order";

test("an answer that was overtaken is not shown, one whose successor fails is", () => {
  const ask = inOrder();
  const [first, second, third] = [ask(), ask(), ask()];
  expect(first()).toBe(true); // the others are still on their way
  expect(third()).toBe(true);
  expect(second()).toBe(false);
  expect(ask()()).toBe(true);
});
