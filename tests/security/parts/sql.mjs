// sqlmap on parameters, parts of addresses and bodies: nothing that is sent becomes SQL.

import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ask, bearer, cookieOf, csrfOf, form, signIn } from "../client.mjs";
import { Node, ROLES } from "../site.mjs";
import { relay } from "../watch.mjs";
import { run, tool } from "./tool.mjs";

export const limit_s = 900;
const PER_TARGET_S = 90;
const SCAN = "019ad000-0000-7000-8000-000000000001";

/** What is attacked: an address with its parameters, and a body where there is one. `*` marks a part of an address. */
function targets({ bill, bag, csrf }) {
  const post = (name, path, value) => ({ name, path, method: "POST", body: JSON.stringify(value) });
  const typed = { csrf: csrf.form, username: "meera", password: "x", hp_email: "", next: "/" };
  return [
    { name: "search", path: "/api/v1/search?q=SB0" },
    { name: "bags", path: "/api/v1/bags?limit=5&area=lucknow&type=parent&status=completed&person=arjun&sort=code" },
    { name: "bags searched", path: "/api/v1/bags?q=SB&limit=5" },
    { name: "bills", path: "/api/v1/bills?q=B&limit=5&status=new&created_by=farida&area=lucknow&sort=number" },
    { name: "scans", path: "/api/v1/scans?limit=5&q=SB&area=lucknow&person=arjun&result=accepted" },
    { name: "accounts", path: "/api/v1/accounts?q=a&limit=5&role=admin&status=active" },
    { name: "names", path: "/api/v1/names?q=ar" },
    { name: "sessions", path: "/api/v1/sessions?limit=5&q=a&realm=staff" },
    { name: "mails", path: "/api/v1/mails?q=a&status=sent" },
    { name: "bag", path: `/api/v1/bags/${bag}*` },
    { name: "bill", path: `/api/v1/bills/${bill}*` },
    post("scan", "/api/v1/scans", { station: "x", scans: [{ id: SCAN, at: "2026-11-30T00:00:00Z", action: "parent", code: bag }] }),
    post("new bill", "/api/v1/bills", { bill: "SEC-1", description: "x", destination: "y", vehicle_number: "z", capacity: 3 }),
    post("password strength", "/api/v1/password-strength", { password: "x", names: "y", language: "en" }),
    { name: "pages of bags", path: "/bags?q=SB&area=lucknow", page: true },
    { name: "pages of the trail", path: "/admin/audit?q=a&action=user_created&actor=meera", page: true },
    { name: "pages of people", path: "/admin/users?q=a&role=admin", page: true },
    { name: "signing in", path: "/login", method: "POST", body: form(typed), cookie: csrf.cookie, isRefused: true },
  ];
}

async function first(port, token, path, key, field) {
  const list = JSON.parse((await ask(port, { path, headers: bearer(token) })).text);
  return encodeURIComponent(list[key][0][field]);
}

/** What sqlmap says it found, once it has tried its own first guess: where calls are limited, 429 looks like an answer of SQL. */
function findings(name, done, seconds) {
  const found = [];
  const verdict = /is vulnerable|identified the following injection/i;
  if (verdict.test(done.text)) {
    const line = done.text.split("\n").find((text) => verdict.test(text));
    found.push(`${name}: ${line.replace(/^\[[^\]]*\] /, "")}`);
  }
  const asked = /all tested parameters do not appear to be injectable|injection point|is vulnerable/i.test(done.text);
  if (done.isOver) found.push(`${name}: sqlmap was not done in ${seconds} s`);
  else if (!asked) {
    const last = done.text.split("\n").filter((line) => /CRITICAL|ERROR/.test(line)).at(-1);
    found.push(`${name}: sqlmap did not try: ${last ?? "see its log"}`);
  }
  return found;
}

export async function attack(site) {
  const node = await new Node(site, "sql").start();
  const front = await relay(node.port, "an answer as sqlmap saw it");
  const token = site.tokens.admin;
  const session = await signIn(node.port, ROLES.admin, site.password);
  const login = await ask(node.port, { path: "/login" });
  const csrf = { form: csrfOf(login.text), cookie: cookieOf(login) };
  const bag = await first(node.port, token, "/api/v1/bags?limit=1", "bags", "code");
  const bill = await first(node.port, token, "/api/v1/bills?limit=1", "bills", "bill");
  const folder = mkdtempSync(join(site.folder, "sqlmap-"));
  const all = { cases: 0, findings: [], told: "" };
  const list = targets({ bill, bag, csrf });
  for (const { name, path, method = "GET", body = "", page, cookie, isRefused } of list) {
    const headers = { host: `127.0.0.1:${front.port}`, "user-agent": "sqlmap", accept: "*/*" };
    if (cookie) headers.cookie = cookie;
    else if (page) headers.cookie = session.cookie;
    else headers.authorization = `Bearer ${token}`;
    if (body) headers["content-type"] = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
    const lines = Object.entries(headers).map(([key, value]) => `${key}: ${value}`);
    const file = join(folder, `${name.replaceAll(" ", "-")}.txt`);
    // An attack on what is refused anyway would never reach a statement.
    const sound = await ask(node.port, { method, path: path.replace("*", ""), headers, body: body || undefined });
    const why = `${sound.status} ${sound.text.slice(0, 200)}`;
    if (sound.status >= 400 && !isRefused) all.findings.push(`${name}: what is attacked is refused by itself: ${why}`);
    writeFileSync(file, `${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
    const args = ["-r", file, "--batch", "--level", "2", "--risk", "1", "--technique", "BEUT", "--time-sec", "2", "--timeout", "15",
      "--retries", "0", "--flush-session", "--disable-coloring", "--output-dir", folder, "--dbms", "sqlite",
      "--skip", "authorization,cookie,host,user-agent,csrf", "--ignore-code", "*"];
    const done = await run(tool("sqlmap"), args, { log: `sql-${name.replaceAll(" ", "-")}.log`, seconds: PER_TARGET_S, cwd: folder });
    all.findings.push(...findings(name, done, PER_TARGET_S));
  }
  all.cases = (node.logText().match(/status=/g) ?? []).length;
  all.told = `${list.length} targets`;
  all.findings.push(...node.complaints());
  front.close();
  all.findings.push(...await node.stop());
  return all;
}
