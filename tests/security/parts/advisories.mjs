// Reads a checkout of RustSec's advisory-db and says which of the packages of a Cargo.lock it names.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A version as numbers; what stands behind a hyphen makes it older than the same without. */
function parts(text) {
  const [numbers, pre = ""] = text.trim().split("+")[0].split(/-(.*)/s);
  const [major = 0, minor = 0, patch = 0] = numbers.split(".").map(Number);
  return { numbers: [major, minor, patch], given: numbers.split(".").length, pre };
}

function compare(a, b) {
  for (let n = 0; n < 3; n += 1) {
    if (a.numbers[n] !== b.numbers[n]) return a.numbers[n] - b.numbers[n];
  }
  if (a.pre === b.pre) return 0;
  if (!a.pre || !b.pre) return a.pre ? -1 : 1;
  return a.pre < b.pre ? -1 : 1;
}

/** The first version that `^` (and a bare number) no longer takes. */
function nextBreaking({ numbers: [major, minor, patch], given }) {
  if (major > 0 || given === 1) return [major + 1, 0, 0];
  if (minor > 0 || given === 2) return [0, minor + 1, 0];
  return [0, 0, patch + 1];
}

/** Whether a version is in a range such as `>= 1.2, < 2` or `^0.4.1`. */
export function isIn(version, range) {
  const own = parts(version);
  return range.split(",").every((text) => {
    const [, sign, rest] = text.trim().match(/^(>=|<=|>|<|=|\^|~)?\s*(.*)$/s);
    if (rest === "*") return true;
    const other = parts(rest);
    const order = compare(own, other);
    if (sign === ">=") return order >= 0;
    if (sign === "<=") return order <= 0;
    if (sign === ">") return order > 0;
    if (sign === "<") return order < 0;
    if (sign === "=") return order === 0;
    const [major, minor] = other.numbers;
    const end = sign === "~" ? (other.given > 1 ? [major, minor + 1, 0] : [major + 1, 0, 0]) : nextBreaking(other);
    return order >= 0 && compare(own, { numbers: end, pre: "" }) < 0;
  });
}

const list = (text, name) => {
  const found = text.match(new RegExp(`^${name}\\s*=\\s*\\[([^\\]]*)\\]`, "m"));
  return found ? [...found[1].matchAll(/"([^"]*)"/g)].map((one) => one[1]) : [];
};
const value = (text, name) => text.match(new RegExp(`^${name}\\s*=\\s*"([^"]*)"`, "m"))?.[1] ?? "";

/** Every advisory that stands for a version of the lock file: faults, and packages that nobody keeps up any more. */
export function faultsKnown(folder, lock) {
  const versions = new Map();
  for (const [, name, version] of lock.matchAll(/^\[\[package\]\]\nname = "([^"]+)"\nversion = "([^"]+)"/gm)) {
    versions.set(name, [...(versions.get(name) ?? []), version]);
  }
  const findings = [];
  let cases = 0;
  let newest = "";
  for (const name of readdirSync(folder)) {
    for (const file of readdirSync(join(folder, name)).filter((one) => one.endsWith(".md"))) {
      const text = readFileSync(join(folder, name, file), "utf8").match(/```toml\n([\s\S]*?)```/)?.[1] ?? "";
      cases += 1;
      const date = value(text, "date");
      if (date > newest) newest = date;
      if (value(text, "withdrawn")) continue;
      const free = [...list(text, "patched"), ...list(text, "unaffected")];
      for (const version of versions.get(name) ?? []) {
        if (!free.some((range) => isIn(version, range))) {
          findings.push(`${value(text, "id")}: ${name} ${version}: ${value(text, "informational") || "a fault"}`);
        }
      }
    }
  }
  return { cases, findings, newest };
}
