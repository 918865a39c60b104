// What the program is made of: licences, sources and bans of Rust and npm packages, known faults as far as a list of them is
// here, and the list of components in the form of CycloneDX.
//
// Nothing is asked of a network: without TALLYHOUSE_ADVISORIES, a checkout of RustSec's advisory-db, known faults are not
// looked for, and the table says so.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { logs, root } from "../site.mjs";
import { faultsKnown } from "./advisories.mjs";
import { run, tool } from "./tool.mjs";

export const limit_s = 1200;
const LOCKS = ["ui/package-lock.json", "tests/browser/package-lock.json"];
/** Licences of tools that build or test, and are no part of what is handed out: weak copyleft is enough there. */
const OF_TOOLS = ["MPL-2.0", "Python-2.0", "CC-BY-4.0", "CC-BY-3.0", "BlueOak-1.0.0"];

const read = (path) => readFileSync(join(root, path), "utf8");

/** The licences that `deny.toml` permits. */
function permitted() {
  const list = read("deny.toml").match(/^allow = \[([^\]]*)\]/m)[1];
  return [...list.matchAll(/"([^"]+)"/g)].map((found) => found[1]);
}

/** Whether an SPDX expression can be kept with these licences. */
export function isPermitted(expression, licences) {
  const text = String(expression).replace(/^\((.*)\)$/, "$1").replaceAll("/", " OR ");
  return text.split(/ OR /i).some((choice) => choice.split(/ AND /i).every((one) => licences.includes(one.replace(/[()]/g, "").trim())));
}

function npm() {
  const findings = [];
  let cases = 0;
  const hosts = new Set();
  for (const path of LOCKS) {
    for (const [name, entry] of Object.entries(JSON.parse(read(path)).packages)) {
      if (name === "" || entry.link) continue;
      cases += 1;
      const isTool = entry.dev || path.startsWith("tests/");
      const licences = isTool ? [...permitted(), ...OF_TOOLS] : permitted();
      const what = `${path}: ${name.replace(/^.*node_modules\//, "")} ${entry.version}`;
      if (!entry.license) findings.push(`${what} names no licence`);
      else if (!isPermitted(entry.license, licences)) findings.push(`${what} has the licence ${entry.license}`);
      if (!/^sha512-/.test(entry.integrity ?? "")) findings.push(`${what} has no hash`);
      if (entry.resolved) hosts.add(new URL(entry.resolved).host);
      if (entry.resolved && !entry.resolved.startsWith("https://")) findings.push(`${what} comes from ${entry.resolved}`);
    }
  }
  if (hosts.size > 1) findings.push(`npm packages come from ${hosts.size} hosts`);
  return { cases, findings };
}

/** Licences, bans and sources of crates: by cargo-deny where it is installed, else by the test that reads the same file. */
async function crates() {
  const has = spawnSync("cargo", ["deny", "--version"], { encoding: "utf8" });
  const isThere = has.status === 0;
  const args = isThere
    ? ["deny", "--offline", "check", "bans", "licenses", "sources"]
    : ["test", "--locked", "--workspace", "--quiet", "--test", "dependencies"];
  const env = { HOME: process.env.HOME, CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR ?? join(root, "target") };
  const done = await run("cargo", args, { log: "packages-cargo.log", seconds: 1000, cwd: root, env });
  const by = isThere ? has.stdout.trim() : "tests/tidy";
  const cases = read("Cargo.lock").match(/^\[\[package\]\]/gm).length;
  return { by, cases, findings: done.code === 0 ? [] : [`licences, bans and sources of crates (${by}): see packages-cargo.log`] };
}

/** Makes the list of components and holds it against CycloneDX's own schema. */
function components() {
  const made = spawnSync(join(root, "scripts/sbom"), { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (made.status !== 0) return { cases: 0, findings: [`scripts/sbom ended with ${made.status}: ${made.stderr.slice(0, 200)}`] };
  const again = spawnSync(join(root, "scripts/sbom"), { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const path = join(logs, "sbom.json");
  writeFileSync(path, made.stdout);
  const check = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
print(fault or '')
sys.exit(1 if fault else 0)`;
  const checked = spawnSync(tool("python"), ["-c", check, path], { encoding: "utf8" });
  const fault = `${checked.stdout.slice(0, 300)}${checked.stderr.slice(-300)}`;
  const findings = checked.status === 0 ? [] : [`the list of components is not CycloneDX 1.6: ${fault}`];
  if (again.stdout !== made.stdout) findings.push("scripts/sbom gives another list the second time");
  return { cases: JSON.parse(made.stdout).components.length, findings };
}

export async function attack() {
  const [ofNpm, ofCrates, list] = [npm(), await crates(), components()];
  const folder = process.env.TALLYHOUSE_ADVISORIES;
  const isThere = folder && existsSync(join(folder, "crates")) && readdirSync(join(folder, "crates")).length > 0;
  const known = isThere ? faultsKnown(join(folder, "crates"), read("Cargo.lock")) : { cases: 0, findings: [], newest: "" };
  const all = [ofNpm, ofCrates, list, known];
  return {
    cases: all.reduce((sum, one) => sum + one.cases, 0),
    findings: all.flatMap((one) => one.findings),
    told: `${ofCrates.cases} crates (${ofCrates.by}), ${ofNpm.cases} npm packages, ${list.cases} components in the list; ` +
      (isThere ? `${known.cases} advisories, the newest of ${known.newest}` : "known faults not looked for: no TALLYHOUSE_ADVISORIES"),
  };
}
