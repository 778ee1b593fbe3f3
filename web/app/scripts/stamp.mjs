// Writes dist/SOURCES.sha256: one hash over everything the build reads, so that a Go test can tell, without Node,
// that dist/ was built from the sources beside it. dist_test.go computes the same; change both together.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const singles = ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];
const folders = ["src", "public", "scripts"];

const names = [...singles];
for (const folder of folders) {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /\.test\.tsx?$/.test(entry.name)) continue;
    names.push(
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll("\\", "/"),
    );
  }
}
names.sort();

const sum = createHash("sha256");
for (const name of names) {
  const content = createHash("sha256")
    .update(readFileSync(join(root, name)))
    .digest("hex");
  sum.update(`${name} ${content}\n`);
}
writeFileSync(join(root, "dist", "SOURCES.sha256"), `${sum.digest("hex")}\n`);
