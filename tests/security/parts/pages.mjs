// wapiti on the pages: as an admin, as a customer and as nobody. It looks for injections, foreign scripts, files, headers,
// redirects and forms without proof.
//
// Invariant: nothing leaves this machine. Modules that ask another host, or that need lists from one, are not run.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { ask, bearer, cookieOf, csrfOf, signIn, submit } from "../client.mjs";
import { atEnd, logs, Node, pause, ROLES } from "../site.mjs";
import { relay } from "../watch.mjs";
import { run, tool } from "./tool.mjs";

export const limit_s = 1500;
const PER_PERSON_S = 480;
/** For finding addresses, and for each kind of attack on them. */
const [FIND_S, ATTACK_S] = ["90", "16"];
const MODULES = [
  "sql", "timesql", "xss", "permanentxss", "file", "exec", "crlf", "redirect", "csrf", "methods", "cookieflags", "csp", "http_headers",
  "shellshock", "backup", "htaccess", "ldap",
].join(",");
/** What would end the session that the crawl goes by, keep its person out, or change how long answers take. */
export const DESTRUCTIVE = [
  "/logout", "/portal/logout", "/lock", "/lock/now", "/profile/password", "/portal/password", "/profile/second-factor/on",
  "/profile/sessions/end", "/profile/sessions/end-others", "/portal/sessions/end", "/portal/sessions/end-others",
  "/admin/sessions/end", "/admin/sessions/end-all", "/admin/users/*/delete", "/admin/users/*/password", "/admin/settings/*",
  "/lists/sessions/selected", "/lists/users/selected",
];

async function asPerson(site, who, [name, door, start]) {
  const node = await new Node(site, `pages-${who}`).start();
  const front = await relay(node.port, `a page as wapiti saw it (${who})`);
  const base = `http://127.0.0.1:${front.port}`;
  const session = name ? await signIn(node.port, name, site.password, door) : null;
  const report = join(logs, `pages-${who}.json`);
  // wapiti keeps what it finds in a SQLite of its own, and gives up when a busy disk keeps that waiting.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : site.folder, "wapiti-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const args = ["-u", `${base}${start}`, "--scope", "domain", "-m", MODULES, "--dns-endpoint", "localhost", "--no-bugreport",
    "--flush-session", "--store-session", folder, "--store-config", folder, "--max-scan-time", FIND_S, "--max-attack-time", ATTACK_S,
    "--max-links-per-page", "40", "--max-files-per-dir", "8", "--max-parameters", "12", "--depth", "4", "-S", "aggressive",
    "--tasks", "2", "--skip", "csrf", "-f", "json", "-o", report, "-v", "1"];
  // Cookies are for TLS alone, so that wapiti would not send those that it gets: it has them from here.
  const cookie = session?.cookie ?? cookieOf(await ask(node.port, { path: start }));
  args.push("-H", `Cookie: ${cookie}`);
  for (const path of DESTRUCTIVE) args.push("-x", `${base}${path}`);
  const done = await run(tool("wapiti"), args, { log: `pages-${who}.log`, seconds: PER_PERSON_S, cwd: folder });
  const findings = [];
  const result = readJson(report);
  const why = done.isOver ? "its time was over" : `code ${done.code}`;
  if (!result) findings.push(`wapiti as ${who} wrote no report (${why}): see pages-${who}.log`);
  for (const kind of ["vulnerabilities", "anomalies"]) {
    for (const [title, entries] of Object.entries(result?.[kind] ?? {})) {
      for (const entry of entries) findings.push(`${who}: ${title}: ${entry.method} ${entry.path}: ${entry.info}`.slice(0, 300));
    }
  }
  const pages = Number(result?.infos?.crawled_pages_nbr ?? result?.infos?.crawled_pages?.length ?? 0);
  if (session) {
    const still = await ask(node.port, { path: session.home, headers: { cookie: session.cookie } });
    if (still.status !== 200) findings.push(`wapiti as ${who}: the session had ended at the end: ${still.status}`);
  }
  const requests = (node.logText().match(/ request /g) ?? node.logText().match(/status=/g) ?? []).length;
  findings.push(...node.complaints());
  front.close();
  findings.push(...await node.stop());
  return { pages, cases: requests, findings };
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** What is true of a proof that nobody was given: it opens nothing, makes no account, sends no mail; the true one does. */
async function withoutProof(site) {
  const node = await new Node(site, "pages-proof").start();
  const send = async (path, fields, isTrue) => {
    const page = await ask(node.port, { path });
    const csrf = isTrue ? csrfOf(page.text) : "0".repeat(64);
    return submit(node.port, path, { csrf, hp_email: "", next: "", ...fields }, { cookie: cookieOf(page) });
  };
  const opens = (answer) => (answer.headers["set-cookie"] ?? []).some((line) => /^__Host-tallyhouse=[^;]/.test(line));
  const made = async (name) => {
    const found = await ask(node.port, { path: `/api/v1/accounts?q=${name}`, headers: bearer(site.tokens.admin) });
    return JSON.parse(found.text).accounts.length > 0;
  };
  const mailed = async (name) => {
    for (let waited = 0; waited < 16; waited += 1) {
      if (site.mailbox.mails.some((mail) => mail.includes(`${name}@example.com`))) return true;
      await pause(500);
    }
    return false;
  };
  const acts = {
    "signing in": async (isTrue) => opens(await send("/login", { username: ROLES.biller, password: site.password }, isTrue)),
    registering: async (isTrue) => {
      const name = isTrue ? "proved" : "unproved";
      const password = "unusual heron 41 lantern";
      await send("/register", { username: name, email: `${name}@house.example`, new_password: password, again: password }, isTrue);
      return made(name);
    },
    "asking for a link": async (isTrue) => {
      const name = isTrue ? "gurpreet" : "deepak";
      await send("/forgot", { email: `${name}@example.com` }, isTrue);
      return mailed(name);
    },
  };
  const findings = [];
  for (const [what, act] of Object.entries(acts)) {
    if (await act(false)) findings.push(`${what} works with a proof that nobody was given`);
    if (!await act(true)) findings.push(`${what} does not work with the true proof either: this says nothing`);
  }
  findings.push(...node.complaints(), ...await node.stop());
  return { who: "forms with a wrong proof", pages: 3, cases: 6, findings };
}

export async function attack(site) {
  const people = {
    admin: [ROLES.admin, "/login", "/"], customer: [site.customers[0], "/portal/login", "/portal"], nobody: ["", "", "/login"],
  };
  const all = [await withoutProof(site)];
  for (const [who, how] of Object.entries(people)) all.push({ who, ...await asPerson(site, who, how) });
  return {
    cases: all.reduce((sum, one) => sum + one.cases, 0),
    findings: all.flatMap((one) => one.findings),
    told: all.map(({ who, pages, cases }) => `${who}: ${pages} addresses, ${cases} requests`).join("; "),
  };
}
