// The components of the program: crates that are linked into it or that build it, npm packages in its user interface, and
// SQLite, which one of the crates brings. What only builds or tests has the scope `excluded`.
//
// Invariant: it depends on Cargo.lock, the manifests and ui/package-lock.json alone, not on a time or a place.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PROGRAM = "tallyhouse";
const USER_INTERFACE = "ui/package-lock.json";

function cargo(...args) {
  const done = spawnSync("cargo", args, { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  if (done.status !== 0) throw new Error(`cargo ${args[0]}: ${done.error?.message ?? done.stderr.trim()}`);
  return done.stdout;
}

/** The packages and who uses whom, for this platform; from what is on this machine where that is enough. */
function metadata() {
  const host = cargo("-vV").match(/^host: (.+)$/m)[1];
  const args = ["metadata", "--locked", "--format-version", "1", "--filter-platform", host];
  try {
    return JSON.parse(cargo(...args, "--offline"));
  } catch {
    return JSON.parse(cargo(...args));
  }
}

/** Which packages are linked into the program, and which only build it. */
function reached({ packages, resolve }) {
  const byId = new Map(packages.map((one) => [one.id, one]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const isMacro = (id) => byId.get(id).targets.some((target) => target.kind.includes("proc-macro"));
  const scopes = new Map();
  const visit = (id, isLinked) => {
    const known = scopes.get(id);
    if (known === "required" || (known && !isLinked)) return;
    scopes.set(id, isLinked ? "required" : "excluded");
    for (const dep of nodes.get(id).deps) {
      const kinds = dep.dep_kinds.map((one) => one.kind);
      const links = isLinked && kinds.includes(null) && !isMacro(dep.pkg);
      if (links || kinds.includes(null) || kinds.includes("build")) visit(dep.pkg, links);
    }
  };
  const own = packages.find((one) => one.name === PROGRAM && one.source === null);
  visit(own.id, true);
  return { own, scopes, nodes, byId };
}

/** An expression of SPDX, which older crates write with a slash. */
const licences = (text) => (text ? { licenses: [{ expression: text.replace(/\s*\/\s*/g, " OR ").replace(/^\((.*)\)$/, "$1") }] } : {});
const purl = (kind, name, version) => `pkg:${kind}/${name.replace("@", "%40")}@${version}`;

function checksums() {
  const sums = new Map();
  for (const [, name, version, sum] of readFileSync("Cargo.lock", "utf8").matchAll(
    /^\[\[package\]\]\nname = "([^"]+)"\nversion = "([^"]+)"\nsource = [^\n]+\nchecksum = "([0-9a-f]{64})"/gm)) {
    sums.set(`${name} ${version}`, sum);
  }
  return sums;
}

function ofRust(graph) {
  const sums = checksums();
  const refs = new Map([...graph.scopes.keys()].map((id) => [id, purl("cargo", graph.byId.get(id).name, graph.byId.get(id).version)]));
  const components = [];
  const dependencies = [];
  for (const [id, scope] of graph.scopes) {
    const one = graph.byId.get(id);
    const sum = sums.get(`${one.name} ${one.version}`);
    const dependsOn = graph.nodes.get(id).deps.map((dep) => refs.get(dep.pkg)).filter(Boolean);
    dependencies.push({ ref: refs.get(id), dependsOn: [...new Set(dependsOn)].toSorted() });
    if (id === graph.own.id) continue;
    components.push({
      type: "library", "bom-ref": refs.get(id), name: one.name, version: one.version, scope,
      ...(sum && { hashes: [{ alg: "SHA-256", content: sum }] }), ...licences(one.license), purl: refs.get(id),
    });
  }
  return { components, dependencies, refs };
}

/** SQLite is C inside of the crate that binds it. */
function sqlite(graph) {
  const crate = [...graph.scopes.keys()].map((id) => graph.byId.get(id)).find((one) => one.name === "libsqlite3-sys");
  const header = crate && join(dirname(crate.manifest_path), "sqlite3/sqlite3.h");
  if (!header || !existsSync(header)) return [];
  const version = readFileSync(header, "utf8").match(/#define SQLITE_VERSION +"([^"]+)"/)[1];
  const ref = purl("generic", "sqlite", version);
  const licenses = [{ license: { id: "blessing" } }];
  return [{ type: "library", "bom-ref": ref, name: "sqlite", version, scope: "required", licenses, purl: ref }];
}

function ofNpm() {
  const all = Object.entries(JSON.parse(readFileSync(USER_INTERFACE, "utf8")).packages).filter(([path]) => path !== "");
  return all.map(([path, one]) => {
    const name = path.replace(/^.*node_modules\//, "");
    const ref = purl("npm", name, one.version);
    const [alg, sum] = (one.integrity ?? "").split(/-(.*)/s);
    const hashes = alg === "sha512" ? { hashes: [{ alg: "SHA-512", content: Buffer.from(sum, "base64").toString("hex") }] } : {};
    const scope = one.dev ? "excluded" : "required";
    return { type: "library", "bom-ref": ref, name, version: one.version, scope, ...hashes, ...licences(one.license), purl: ref };
  });
}

const graph = reached(metadata());
const rust = ofRust(graph);
const npm = [...new Map(ofNpm().map((one) => [one["bom-ref"], one])).values()];
const components = [...rust.components, ...sqlite(graph), ...npm].toSorted((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1));
const own = rust.refs.get(graph.own.id);
for (const one of rust.dependencies) {
  if (one.ref === own) one.dependsOn.push(...npm.filter(({ scope }) => scope === "required").map((dep) => dep["bom-ref"]));
  if (one.ref.startsWith("pkg:cargo/libsqlite3-sys@")) one.dependsOn.push(...sqlite(graph).map((dep) => dep["bom-ref"]));
}
const list = {
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: {
    component: {
      type: "application", "bom-ref": own, name: PROGRAM, version: graph.own.version, ...licences(graph.own.license), purl: own,
    },
  },
  components,
  dependencies: rust.dependencies.toSorted((a, b) => (a.ref < b.ref ? -1 : 1)),
};
const sum = createHash("sha256").update(JSON.stringify(list)).digest("hex");
const serial = [sum.slice(0, 8), sum.slice(8, 12), `8${sum.slice(13, 16)}`, `8${sum.slice(17, 20)}`, sum.slice(20, 32)].join("-");
process.stdout.write(`${JSON.stringify({ ...list, serialNumber: `urn:uuid:${serial}` }, null, 1)}\n`);
