// The headers of every answer: each route of the table that the tests of the router keep, as an admin or a customer, as
// nobody, and without proof; and what is no route.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ask, bearer, FORM, signIn } from "../client.mjs";
import { Node, ROLES, root } from "../site.mjs";

export const limit_s = 240;
const TABLE = "crates/tallyhouse/tests/web/matrix.txt";
const POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const READER = POLICY.replace("default-src 'self'; ", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; ");
const NO_DEVICE = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
const CAMERA = "camera=(self), microphone=(), geolocation=()";
/** Pages that scan: only they may use the camera, and only those that read codes may compile a reader. */
const SCANS = [
  /^\/lookup$/, /^\/bags\/station/, /^\/station/, /^\/bills\/[^/]+\/station/, /^\/scanner/, /^\/gate/, /^\/events\/[^/]+\/gate/,
  /^\/scan/, /^\/bill/,
];
/** What browsers may keep: it holds nothing personal. */
const KEPT = [
  /^\/assets\//, /^\/favicon\.svg$/, /^\/manifest\.webmanifest$/, /^\/sw\.js$/, /^\/portal\/(look\.css|logo\.png)$/, /^\/ui\/phrases\//,
  /^\/help\/pictures\//,
];
const FIXED = {
  "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "strict-origin-when-cross-origin",
  "cross-origin-opener-policy": "same-origin", "strict-transport-security": "max-age=31536000; includeSubDomains",
};
/** Nobody learns by them what the site is made of, and no other site may read an answer. */
const NEVER = ["server", "x-powered-by", "access-control-allow-origin", "access-control-allow-credentials"];

/** What is wrong with the headers of an answer. */
export function faults(path, { status, headers }) {
  const wrong = [];
  for (const [name, value] of Object.entries(FIXED)) {
    if (headers[name] !== value) wrong.push(`${name} is ${headers[name]}`);
  }
  for (const name of NEVER) if (name in headers) wrong.push(`${name} is there: ${headers[name]}`);
  if (!/^[0-9a-f-]{36}$/.test(headers["x-request-id"] ?? "")) wrong.push(`x-request-id is ${headers["x-request-id"]}`);
  const policy = headers["content-security-policy"];
  const mayScan = SCANS.some((page) => page.test(path));
  if (policy !== POLICY && !(policy === READER && mayScan)) wrong.push(`content-security-policy is ${policy}`);
  const devices = headers["permissions-policy"];
  if (devices !== NO_DEVICE && !(devices === CAMERA && mayScan)) wrong.push(`permissions-policy is ${devices}`);
  // A page of a station may be kept by its own worker alone, and is asked for anew each time.
  const cache = headers["cache-control"] ?? "";
  const mayKeep = KEPT.some((file) => file.test(path)) || (cache === "no-cache" && mayScan);
  if (cache !== "no-store" && !(mayKeep && status < 400)) wrong.push(`cache-control is ${cache}`);
  for (const line of headers["set-cookie"] ?? []) {
    const parts = line.split("; ");
    const isClosed = ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"].every((part) => parts.includes(part));
    if (isClosed && !/Domain/i.test(line) && line.startsWith("__Host-")) continue;
    wrong.push(`a cookie is set as ${line.split("=")[0]}; ${parts.slice(1).join("; ")}`);
  }
  const isProblem = (headers["content-type"] ?? "").startsWith("application/problem+json");
  const isCall = path.startsWith("/api/") && path !== "/api/docs";
  if (status >= 400 && status !== 405 && isCall && !isProblem) wrong.push(`a refusal is ${headers["content-type"]}`);
  return wrong;
}

function routes() {
  const lines = readFileSync(join(root, TABLE), "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  return lines.map((line) => {
    const cells = line.split(/\s+/);
    return { method: cells[0], path: cells[1], ofCustomers: cells[2] === "-" && cells[8] === "yes" };
  });
}

/** Something real of each kind, so that pages show what they show. */
async function things(port, token) {
  const get = async (path) => JSON.parse((await ask(port, { path, headers: bearer(token) })).text);
  const bags = await get("/api/v1/bags?limit=1");
  const bills = await get("/api/v1/bills?limit=1");
  const scans = await get("/api/v1/scans?limit=1");
  const accounts = await get("/api/v1/accounts?limit=1");
  const events = (await ask(port, { path: "/events", headers: bearer(token) })).text;
  return {
    code: bags.bags[0].code, parent: bags.bags[0].code, number: bills.bills[0].bill, seq: scans.scans[0].seq,
    id: accounts.accounts[0].id, account: accounts.accounts[0].id, event: events.match(/href="\/events\/(?!new")([^"/?]+)"/)?.[1] ?? "1",
    days: "7", action: "complete", name: "arjun", format: "csv", what: "bags", list: "bags", file: "none",
  };
}

function filled({ path }, known) {
  return path.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(known[name] ?? "1"));
}

export async function attack(site) {
  const node = await new Node(site, "headers").start();
  const staff = await signIn(node.port, ROLES.admin, site.password);
  const customer = await signIn(node.port, site.customers[0], site.password, "/portal/login");
  const known = await things(node.port, site.tokens.admin);
  const findings = [];
  const ids = new Set();
  let cases = 0;
  const tried = async (what, sent) => {
    const answer = await ask(node.port, sent).catch((error) => ({ error }));
    cases += 1;
    if (answer.error) return findings.push(`${what}: ${answer.error.message}`);
    if (answer.status >= 500) findings.push(`${what}: ${answer.status}`);
    if (ids.has(answer.headers["x-request-id"])) findings.push(`${what}: two answers have one request id`);
    ids.add(answer.headers["x-request-id"]);
    const path = sent.path.split("?")[0];
    return findings.push(...faults(path, answer).map((fault) => `${what}: ${fault}`));
  };
  for (const route of routes()) {
    const path = filled(route, known);
    const what = `${route.method} ${route.path}`;
    const session = route.ofCustomers ? customer : staff;
    const body = route.method === "GET" ? {} : { body: "x=1", headers: FORM };
    await tried(`${what} by nobody`, { method: route.method, path, ...body });
    await tried(`${what} without proof`, { method: route.method, path, ...body, headers: { ...body.headers, cookie: session.cookie } });
  }
  const others = {
    "no such page": { path: "/nothing/here" }, "no such call": { path: "/api/nothing" },
    "no such method": { method: "DELETE", path: "/health" },
    "no such method of a call": { method: "PUT", path: "/api/v1/bags" }, "a control character": { path: "/bags?q=%00" },
    "a control character in a call": { path: "/api/v1/bags?q=%00" }, "a long address": { path: `/${"a".repeat(60_000)}` },
    "a head that is too long": { path: `/${"a".repeat(70_000)}` },
    "OPTIONS of another site": {
      method: "OPTIONS", path: "/api/v1/me", headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
    },
    "HEAD": { method: "HEAD", path: "/login" }, "TRACE": { method: "TRACE", path: "/login" },
    "a body that is too long": {
      method: "POST", path: "/api/v1/scans", headers: { ...bearer(site.tokens.dispatcher), "content-type": "application/json" },
      body: `"${"a".repeat(1_200_000)}"`,
    },
  };
  for (const [what, sent] of Object.entries(others)) await tried(what, sent);
  const still = await ask(node.port, { path: "/", headers: { cookie: staff.cookie } });
  if (still.status !== 200) findings.push(`the session of the admin had ended at the end: ${still.status}`);
  findings.push(...node.complaints(), ...await node.stop());
  return { cases, findings, told: `${routes().length} routes of the table` };
}
