// Attacks a site of our own, part by part, and prints a table: what was tried, how often, what was found, how long it took.
//
//   tests/security/run [PART…]
//
// Invariant: the last line is `N passed, N failed`, each part being one; a part has failed when it found something that is
// not in known.json, when an entry of known.json for it does not occur any more, or when its time was over.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import * as api from "./parts/api.mjs";
import * as headers from "./parts/headers.mjs";
import * as packages from "./parts/packages.mjs";
import * as pages from "./parts/pages.mjs";
import * as secrets from "./parts/secrets.mjs";
import * as sockets from "./parts/sockets.mjs";
import * as sql from "./parts/sql.mjs";
import { logs, pause, prepare } from "./site.mjs";
import { watch } from "./watch.mjs";

const PARTS = { api, pages, sql, sockets, headers, packages, secrets };
const SHOWN_MAX = 40;
/** Findings that were looked at and are none, each with why; `of` is the part, `finding` a pattern. */
const known = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), "known.json"), "utf8"));

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length) {
  process.stderr.write(`there is no part ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}\n`);
  process.exit(2);
}

/** Runs a part within its time. */
async function attack(name, part, site) {
  const began = performance.now();
  const without = (finding) => ({ cases: 0, findings: [finding], told: "" });
  const isLate = pause(part.limit_s * 1000).then(() => without(`not done in ${part.limit_s} s`));
  const done = await Promise.race([part.attack(site), isLate]).catch((error) => without(`broke off: ${error.stack}`));
  if (name === "secrets") done.findings.push(...watch.findings());
  const entries = known.filter((entry) => entry.of === name);
  const counts = entries.map(() => 0);
  const open = done.findings.filter((finding) => {
    const at = entries.findIndex((entry) => new RegExp(entry.finding).test(finding));
    if (at >= 0) counts[at] += 1;
    return at < 0;
  });
  const isKnown = done.findings.length - open.length;
  entries.forEach((entry, n) => {
    if (counts[n] === 0) open.push(`known.json names a finding that does not occur any more: ${entry.finding}`);
  });
  const seconds = (performance.now() - began) / 1000;
  writeFileSync(join(logs, `${name}.log`), `${done.told}\n${done.findings.join("\n")}\n`);
  return { name, cases: done.cases, open, known: isKnown, seconds, told: done.told };
}

const site = await prepare();
const results = [];
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length && !wanted.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  results.push(await attack(name, part, site));
}
for (const { name, open } of results.filter((one) => one.open.length)) {
  console.log(`\n${name}:`);
  for (const finding of open.slice(0, SHOWN_MAX)) console.log(`  ${finding}`);
  if (open.length > SHOWN_MAX) console.log(`  and ${open.length - SHOWN_MAX} more in ${name}.log`);
}
const line = (name, cells) => name.padEnd(10) + cells.map((cell) => String(cell).padStart(10)).join("");
console.log(`\n${line("what", ["cases", "findings", "known", "seconds"])}`);
for (const one of results) {
  console.log(line(one.name, [one.cases, one.open.length, one.known, one.seconds.toFixed(0)]));
  if (one.told) console.log(`          ${one.told}`);
}
const failed = results.filter((one) => one.open.length).length;
console.log(`\n${results.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
