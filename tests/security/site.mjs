// A site of our own, filled with the data of the demo, and nodes that serve copies of it on loopback.
//
// Invariants: every part begins with the same data, whatever a part before it did; whatever is started or made here is
// gone when this process ends, however it ends short of SIGKILL.

import { spawn } from "node:child_process";
import {
  closeSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync,
} from "node:fs";
import net from "node:net";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { ask } from "./client.mjs";
import { openMailbox } from "./mailbox.mjs";
import { canaries, watch } from "./watch.mjs";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const targetDir = resolve(root, process.env.CARGO_TARGET_DIR || "target");
export const logs = join(targetDir, "security");
export const program = process.env.TALLYHOUSE_BIN || join(targetDir, "release", "tallyhouse");

const READY_MS_MAX = 30_000;
export const PUBLIC_URL = "https://tallyhouse.example";
/** One account of each role, as the demo names them. */
export const ROLES = {
  admin: "meera", biller: "farida", organiser: "kiran", steward: "joseph", service: "sara", dispatcher: "arjun",
};

const leftovers = [];
process.on("exit", () => {
  for (const undo of leftovers.reverse()) {
    try {
      undo();
    } catch (error) {
      process.stderr.write(`clean-up: ${error.message}\n`);
    }
  }
});
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.on(signal, () => process.exit(code));
}
export const atEnd = (undo) => leftovers.push(undo);
export const pause = (ms) => new Promise((next) => setTimeout(next, ms));

/** A free port below those of outgoing connections. */
export async function freePort() {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise((answer) => {
      const probe = net.createServer();
      probe.once("error", () => answer(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => answer(true)));
    });
    if (free) return port;
  }
  throw new Error("no free port was found");
}

/** Nothing of the caller's environment but where programs are, and secrets that are known to us. */
function environment(folder, more = {}) {
  return {
    PATH: process.env.PATH, HOME: folder, TMPDIR: folder, NO_COLOR: "1",
    SESSION_SECRET: canaries.session, SMTP_PASSWORD: canaries.smtp, EOD_SECRET_KEY: canaries.eod, QR_SECRET: canaries.qr,
    ...more,
  };
}

/** Runs one command of the program to its end, while the mailbox answers it. */
export async function command(site, args, more = {}) {
  const options = { cwd: site.folder, env: environment(site.folder, more), stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 };
  const child = spawn(program, args, options);
  atEnd(() => child.kill("SIGKILL"));
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].on("data", (text) => { said[name] += text; });
  const status = await new Promise((done) => {
    child.once("error", (error) => { said.stderr += error.message; done(-1); });
    child.once("close", (code) => done(code ?? -1));
  });
  for (const text of Object.values(said)) watch.look(text, `what \`tallyhouse ${args.join(" ")}\` says`);
  return { status, ...said };
}

function settings(site, port) {
  return `[server]
listen = "127.0.0.1:${port}"
public_url = "${PUBLIC_URL}"
[sign_in]
second_factor_for_admins = false
[session]
absolute_s = 43200
idle_s = 43200
[mail]
host = "127.0.0.1"
port = ${site.mailbox.port}
tls = "none"
user = "site"
from = "Tallyhouse <site@tallyhouse.example>"
[erp]
url = "sqlite:${join(site.folder, "erp.db")}"
[log]
requests = true
${site.more ?? ""}`;
}

/** Fills a site by the demo, and gives tokens to one account of each role. */
export async function prepare() {
  mkdirSync(logs, { recursive: true });
  const folder = mkdtempSync(join(logs, "site-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const site = { folder, mailbox: await openMailbox(), template: join(folder, "template.db"), tokens: {}, customers: [] };
  writeFileSync(join(folder, "demo.toml"), settings({ ...site, folder }, 1));
  const child = spawn(program, [...databaseOf(site), "--config", "demo.toml", "demo", "--listen", `127.0.0.1:${await freePort()}`],
    { cwd: folder, env: environment(folder), stdio: ["ignore", "pipe", openSync(join(logs, "demo.log"), "w")] });
  atEnd(() => child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (text) => { said += text; });
  const exited = new Promise((done) => child.once("exit", done));
  const began = Date.now();
  while ((said.match(/customer, at/g) ?? []).length < 3) {
    if (child.exitCode !== null || Date.now() - began > READY_MS_MAX) throw new Error(`the demo did not start: ${said}`);
    await pause(50);
  }
  site.password = said.match(/^meera +(\S+)/m)[1];
  site.customers = [...said.matchAll(/^(\S+@\S+) \S+ +customer/gm)].map((found) => found[1]);
  const erp = readdirSync(folder).find((name) => name.startsWith("tallyhouse-demo-"));
  copyFileSync(join(folder, erp, "erp.db"), join(folder, "erp.db"));
  child.kill("SIGTERM");
  await exited;
  for (const [role, name] of Object.entries(ROLES)) {
    const create = ["token", "create", "--user", name, "--name", `security ${role}`];
    const made = await command(site, [...databaseOf(site), "--config", "demo.toml", ...create]);
    if (made.status !== 0) throw new Error(`no token: ${made.stderr}`);
    site.tokens[role] = made.stdout.trim();
  }
  watch.alsoFind("the password of everybody in the demo", site.password);
  for (const [role, token] of Object.entries(site.tokens)) watch.alsoFind(`the token of the ${role}`, token);
  return site;
}

function databaseOf(site) {
  return ["--database", `sqlite:${site.template}`];
}

/** One running `tallyhouse serve`, on a copy of the filled site. */
export class Node {
  #child;
  #exited;

  constructor(site, name, { more = "", secrets = {}, filter = "" } = {}) {
    Object.assign(this, { site: { ...site, more }, name, secrets, filter, log: join(logs, `${name}.server.log`) });
  }

  async start() {
    this.port = await freePort();
    const { folder } = this.site;
    this.database = join(folder, `${this.name}.db`);
    // What a command wrote last may still be in the log beside the file.
    for (const end of ["", "-wal"]) {
      if (existsSync(this.site.template + end)) copyFileSync(this.site.template + end, this.database + end);
    }
    writeFileSync(join(folder, `${this.name}.toml`), settings(this.site, this.port));
    const log = openSync(this.log, "w");
    const more = this.filter ? { TALLYHOUSE__LOG__FILTER: this.filter } : {};
    const args = ["--database", `sqlite:${this.database}`, "--config", `${this.name}.toml`, "serve"];
    this.#child = spawn(program, args,
      { cwd: folder, env: environment(folder, { ...this.secrets, ...more }), stdio: ["ignore", log, log] });
    closeSync(log);
    const child = this.#child;
    atEnd(() => child.kill("SIGKILL"));
    this.#exited = new Promise((done) => child.once("exit", done));
    const began = Date.now();
    for (;;) {
      const ready = await ask(this.port, { path: "/ready" }).catch(() => null);
      if (ready?.status === 200) return this;
      if (child.exitCode !== null || Date.now() - began > READY_MS_MAX) throw new Error(`not ready: ${this.logText()}`);
      await pause(50);
    }
  }

  get pid() {
    return this.#child.pid;
  }

  /** Memory that is in use, and the most that ever was, in MiB. */
  memory() {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    const of = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))[1]) / 1024;
    return { now: of("VmRSS"), most: of("VmHWM") };
  }

  /** Connections and files that it has open. */
  descriptors() {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  logText() {
    return readFileSync(this.log, "utf8");
  }

  /** What the log has that a site never may: panics and faults of ours. */
  complaints() {
    const lines = this.logText().split("\n").filter((line) => /panicked at|\bERROR\b/.test(line));
    return lines.map((line) => `log: ${line.slice(0, 300)}`);
  }

  isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Asks it to end, waits for that, and looks through its log for secrets. */
  async stop() {
    this.#child.kill("SIGTERM");
    const ended = await Promise.race([this.#exited.then(() => true), pause(40_000).then(() => false)]);
    if (!ended) this.#child.kill("SIGKILL");
    watch.look(this.logText(), `the log of the server (${this.name})`);
    return ended ? [] : ["the server did not end within 40 s of SIGTERM"];
  }
}
