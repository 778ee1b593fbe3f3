import { expect, test } from "vitest";
import { dialable } from "./phone";

test.each([
  ["13800000001", "tel:13800000001"],
  ["04-0000-0101", "tel:0400000101"],
  ["+86 138 0000 0001", "tel:+8613800000001"],
  ["***-****-0017", null],
  ["138****0001", null],
  ["", null],
  ["javascript:alert(1)", null],
])("%s becomes %s", (number, href) => {
  expect(dialable(number)).toBe(href);
});
