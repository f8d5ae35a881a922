// The core of secretlint over the files of a folder: read first, then linted one after the other.
// node secretlint_engine.mjs NODE_MODULES FOLDER; prints bytes, processor seconds and findings.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, folder] = process.argv.slice(2);
const resolve = createRequire(join(modules, "x.cjs")).resolve;
const load = (name) => import(pathToFileURL(resolve(name)).href).catch(() => import(pathToFileURL(join(modules, name, "module", "index.js")).href));
const { lintSource } = await load("@secretlint/core");
const { creator } = await load("@secretlint/secretlint-rule-preset-recommend");
const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((name) => statSync(name).isFile());
const texts = files.map((filePath) => ({ filePath, content: readFileSync(filePath, "utf8"), contentType: "text" }));
const bytes = files.reduce((sum, name) => sum + statSync(name).size, 0);
const config = { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator, options: {} }] };
const before = process.cpuUsage();
let findings = 0;
for (const source of texts) {
  const result = await lintSource({ source, options: { config, noPhysicFilePath: true } });
  findings += result.messages.length;
}
const used = process.cpuUsage(before);
console.log(JSON.stringify({ bytes, seconds: (used.user + used.system) / 1e6, findings }));
