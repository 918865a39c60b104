// The things outside: the program, its database, and what is left behind by both. They are here so that the rest can
// kill and restart a server without knowing how one is started.
//
// Invariant: whatever this module starts or creates is gone when this process ends, however it ends short of SIGKILL.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const targetDir = resolve(root, process.env.CARGO_TARGET_DIR || "target");
const program = process.env.TALLYHOUSE_BIN || join(targetDir, "release", "tallyhouse");

const READY_MS_MAX = 30_000;
const ANSWER_MS_MAX = 20_000;
const LOG_LENGTH_MAX = 16_384;

/** What is to be undone at the end, newest first. Each is synchronous: nothing else runs once a process exits. */
const leftovers = [];

process.on("exit", () => {
  while (leftovers.length > 0) {
    try {
      leftovers.pop()();
    } catch (error) {
      process.stderr.write(`clean-up: ${error.message}\n`);
    }
  }
});
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.on(signal, () => process.exit(code));
}

/** Calls `undo` when the process ends, unless the returned function has done so before. */
export function atEnd(undo) {
  leftovers.push(undo);
  return () => {
    const at = leftovers.indexOf(undo);
    if (at >= 0) leftovers.splice(at, 1)[0]();
  };
}

/** The program's environment: nothing that would choose another database or another configuration. */
export function environment() {
  const { PATH, HOME, TMPDIR = "" } = process.env;
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }), NO_COLOR: "1", TALLYHOUSE__SERVER__SECURE_COOKIES: "false" };
}

export function requireProgram() {
  if (existsSync(program)) return;
  process.stderr.write(`${program} is not there; run: make build\n`);
  process.exit(1);
}

/** A fresh SQLite file on the disk that holds the build: a temporary directory may be memory, which proves nothing. */
function scratchSqlite(folder) {
  return { url: `sqlite:${join(folder, "faults.db")}`, ask: null };
}

function psqlPath() {
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
  const packaged = versions.sort((a, b) => b - a).map((version) => `/usr/lib/postgresql/${version}/bin/psql`);
  return packaged.find((path) => existsSync(path)) ?? "psql";
}

/** A fresh database on the PostgreSQL server that `TALLYHOUSE_TEST_POSTGRES` names. */
function scratchPostgres() {
  const server = process.env.TALLYHOUSE_TEST_POSTGRES;
  const psql = psqlPath();
  const ask = (statement, url = server) => {
    const args = ["--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-q", "-A", "-t", url, "-c", statement];
    const done = spawnSync(psql, args, { encoding: "utf8", timeout: ANSWER_MS_MAX });
    if (done.status !== 0) throw new Error(`psql: ${done.error?.message ?? done.stderr.trim()}`);
    return done.stdout.trim();
  };
  const name = `faults_${process.pid}_${Date.now()}`;
  ask(`create database ${name}`);
  atEnd(() => ask(`drop database if exists ${name} with (force)`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, ask: (statement) => ask(statement, url.href) };
}

/** A folder of its own that is gone at the end. */
export function scratchFolder() {
  mkdirSync(targetDir, { recursive: true });
  const folder = mkdtempSync(join(targetDir, "faults-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * A database of its own with somebody who may scan: everything that a server needs to be started on. `given` says which
 * database, `{ url, direct }`: what servers are given, and what gives the address for commands, because a relay of this
 * process stands still while it waits for one. Without it a new database is made.
 */
export async function openSite(kind, given = null) {
  const folder = scratchFolder();
  const database = given ?? (kind === "sqlite" ? scratchSqlite(folder) : scratchPostgres());
  const { url, ask, direct } = database;
  const site = { kind, folder, url, ask, direct, port: await freePort(), token: "" };
  must(run(site, "migrate"));
  must(run(site, "user", "add", "faults", "--role", "dispatcher", "--area", "lucknow"));
  site.token = must(run(site, "token", "create", "--user", "faults", "--name", "faults")).trim();
  return site;
}

/** Runs one command of the program to its end. */
export function run(site, ...args) {
  return runWith(site, undefined, ...args);
}

/** The same with what the command reads. */
export function runWith(site, input, ...args) {
  const options = { cwd: site.folder, env: environment(), encoding: "utf8", timeout: 120_000, input };
  const done = spawnSync(program, ["--database", site.direct?.() ?? site.url, ...args], options);
  if (done.error) throw done.error;
  return { ...done, command: args.join(" ") };
}

export function must({ status, stdout, stderr, command }) {
  if (status !== 0) throw new Error(`tallyhouse ${command} ended with ${status}: ${stderr.trim()}`);
  return stdout;
}

/** What `tallyhouse doctor` finds wrong; nothing when all is well. */
export function doctor(site) {
  const { status, stdout, stderr } = run(site, "doctor");
  if (status === 0) return [];
  const complaints = `${stdout}\n${stderr}`.split("\n").filter((line) => line && !line.startsWith("well:"));
  return complaints.map((line) => `doctor: ${line}`);
}

/** A port below the range of outgoing connections, so that it stays free while the server is down. */
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

/** One running `tallyhouse serve`. */
export class Server {
  #child;
  #exited;
  #forget;
  #log = "";

  constructor(site) {
    this.site = site;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  }

  /** Starts it and waits until it can work; gives the milliseconds that this took. */
  async start() {
    const began = performance.now();
    const { url, port, folder, more = {} } = this.site;
    const args = ["--database", url, "serve", "--listen", `127.0.0.1:${port}`];
    const env = { ...environment(), ...more };
    const child = spawn(this.site.program ?? program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#forget = atEnd(() => child.kill("SIGKILL"));
    const keep = (text) => { this.#log = (this.#log + text).slice(-LOG_LENGTH_MAX); };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    this.#exited = new Promise((done) => {
      child.once("error", (error) => { keep(error.message); done(); });
      child.once("exit", done);
    });
    while (!(await this.#isReady())) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended:\n${this.#log}`);
      if (performance.now() - began > READY_MS_MAX) throw new Error(`the server is not ready:\n${this.#log}`);
      await new Promise((next) => setTimeout(next, 10));
    }
    return performance.now() - began;
  }

  async #isReady() {
    try {
      return (await this.call("GET", "/ready")).status === 200;
    } catch {
      return false;
    }
  }

  /** Kills it without a warning. The signal is on its way when this returns; wait for what it gives. */
  async kill(signal = "SIGKILL") {
    this.#child.kill(signal);
    await this.#exited;
    this.#forget();
    this.agent.destroy();
  }

  get pid() {
    return this.#child.pid;
  }

  /** What a look at the log has to complain about. */
  complaints() {
    const lines = this.#log.split("\n").filter((line) => /panicked at|internal error/i.test(line));
    return lines.map((line) => `log: ${line.slice(0, 300)}`);
  }

  logTail() {
    return this.#log.split("\n").slice(-12).join("\n");
  }

  /** One request; fails when no whole answer comes back. */
  call(method, path, body, agent = this.agent, more = {}) {
    const { port, token } = this.site;
    const headers = { authorization: `Bearer ${token}`, ...more };
    if (body !== undefined) {
      headers["content-type"] = "application/json";
      headers["content-length"] = Buffer.byteLength(body);
    }
    return new Promise((answer, fail) => {
      const request = http.request({ host: "127.0.0.1", port, method, path, headers, agent }, (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("error", fail);
        response.on("aborted", () => fail(new Error("the answer was cut off")));
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          answer({ status: response.statusCode, text, headers: response.headers });
        });
      });
      request.setTimeout(ANSWER_MS_MAX, () => request.destroy(new Error(`no answer in ${ANSWER_MS_MAX} ms`)));
      request.on("error", fail);
      request.end(body);
    });
  }
}

/**
 * Kills one backend of the site's PostgreSQL, which makes PostgreSQL throw every connection out and recover from its
 * log. Gives the milliseconds until it takes connections again.
 */
export async function crashPostgres(site) {
  const own = "datname = current_database() and application_name = 'tallyhouse'";
  const pid = Number(site.ask(`select pid from pg_stat_activity where ${own} limit 1`));
  const about = `/proc/${pid}/cmdline`;
  const isLocal = pid > 0 && existsSync(about) && readFileSync(about, "utf8").includes("postgres");
  if (!isLocal) throw new Error("no backend of PostgreSQL was found on this machine");
  const began = performance.now();
  process.kill(pid, "SIGKILL");
  for (;;) {
    await new Promise((next) => setTimeout(next, 50));
    try {
      site.ask("select 1");
      return performance.now() - began;
    } catch (error) {
      if (performance.now() - began > READY_MS_MAX) throw error;
    }
  }
}
