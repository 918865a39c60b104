// A primary PostgreSQL and its synchronous standby, as real servers of this machine, and what may happen to them.
//
// Invariants: a commit is answered only when the standby has it on its disk too, apart from the time in which there is no
// standby; both servers are gone when this process ends. Servers run as the user `postgres` where this runs as root.

import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { pause } from "./load.mjs";
import { Relay } from "./relay.mjs";
import { atEnd, freePort, targetDir } from "./server.mjs";

const WAIT_MS_MAX = 60_000;
const ROOT = "/usr/lib/postgresql";

/** The folder of PostgreSQL's programs: `TALLYHOUSE_PG_BIN`, or the newest that is installed. */
function programs() {
  if (process.env.TALLYHOUSE_PG_BIN) return process.env.TALLYHOUSE_PG_BIN;
  const versions = existsSync(ROOT) ? readdirSync(ROOT).sort((a, b) => b - a) : [];
  const found = versions.map((version) => `${ROOT}/${version}/bin`).find((path) => existsSync(`${path}/initdb`));
  if (!found) throw new Error("PostgreSQL is not installed; TALLYHOUSE_PG_BIN may name its folder of programs");
  return found;
}

/** Whom PostgreSQL runs as: nobody's rights are enough where this is root. */
function owner() {
  if (process.getuid() !== 0) return null;
  const line = readFileSync("/etc/passwd", "utf8").split("\n").find((text) => text.startsWith("postgres:"));
  if (!line) throw new Error("PostgreSQL does not run as root, and there is no user postgres");
  const [, , uid, gid] = line.split(":").map(Number);
  return { uid, gid };
}

export class Cluster {
  #bin = programs();
  #owner = owner();
  #made = 0;

  /** Starts both, and a relay whose port stays the same whichever of them is the primary. */
  async open() {
    mkdirSync(targetDir, { recursive: true });
    this.folder = mkdtempSync(join(targetDir, "cluster-"));
    if (this.#owner) chownSync(this.folder, this.#owner.uid, this.#owner.gid);
    atEnd(() => rmSync(this.folder, { recursive: true, force: true }));
    atEnd(() => this.#killAll());
    this.primary = await this.#first();
    this.relay = await new Relay(this.primary.port).listen(await freePort());
    await this.follow();
    this.ask("create database site", "postgres");
    this.url = `postgres://postgres@127.0.0.1:${this.relay.port}/site`;
    this.direct = () => `postgres://postgres@127.0.0.1:${this.primary.port}/site`;
    return this;
  }

  /** What the programs say their version is. */
  get version() {
    return this.#run("postgres", "--version").trim();
  }

  async #first() {
    const server = await this.#place();
    const made = ["-D", server.data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "-k"];
    this.#run("initdb", ...made);
    const lines = ["listen_addresses = '127.0.0.1'", `unix_socket_directories = '${this.folder}'`, "wal_level = replica",
      "hot_standby = on", "max_connections = 200", "max_wal_senders = 10", "wal_keep_size = 256MB", "synchronous_commit = on"];
    appendFileSync(join(server.data, "postgresql.conf"), `${lines.join("\n")}\n`);
    await this.#start(server);
    return server;
  }

  async #place() {
    this.#made += 1;
    const name = `node${this.#made}`;
    return { name, data: join(this.folder, name), port: await freePort() };
  }

  async #start(server) {
    const log = join(this.folder, `${server.name}.log`);
    const where = ["-D", server.data, "-l", log, "-o", `-p ${server.port}`];
    await this.#beside("pg_ctl", "-s", "-w", "-t", "60", ...where, "start");
    server.pid = Number(readFileSync(join(server.data, "postmaster.pid"), "utf8").split("\n")[0]);
  }

  /** Makes a new synchronous standby of the primary, and waits until it is one. */
  async follow() {
    const { primary } = this;
    const standby = await this.#place();
    const from = ["-h", "127.0.0.1", "-p", String(primary.port), "-U", "postgres"];
    const how = ["-D", standby.data, "-R", "-X", "stream", "-c", "fast", "--no-sync"];
    await this.#beside("pg_basebackup", ...from, ...how);
    // What the copy has of the settings of its primary: it must not wait for a standby once it is promoted.
    const conninfo = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${standby.name}`;
    appendFileSync(join(standby.data, "postgresql.auto.conf"), `primary_conninfo = '${conninfo}'\nsynchronous_standby_names = ''\n`);
    await this.#start(standby);
    this.ask(`alter system set synchronous_standby_names = '${standby.name}'`, "postgres");
    this.ask("select pg_reload_conf()", "postgres");
    await this.#until(() => this.ask("select count(*) from pg_stat_replication where sync_state = 'sync'", "postgres") === "1",
      "the standby does not follow");
    this.standby = standby;
  }

  /** Kills the primary and all its processes, promotes the standby and leads connections there; gives milliseconds. */
  async failOver() {
    const [dead, next] = [this.primary, this.standby];
    const began = performance.now();
    this.#kill(dead);
    this.relay.cut();
    await this.#beside("pg_ctl", "-s", "-w", "-t", "60", "-D", next.data, "promote");
    this.relay.target = next.port;
    this.primary = next;
    this.standby = null;
    const tookMs = performance.now() - began;
    rmSync(dead.data, { recursive: true, force: true });
    return tookMs;
  }

  /** Kills the primary and starts it again on what is on its disk; gives milliseconds. */
  async crash() {
    const began = performance.now();
    this.#kill(this.primary);
    // Its memory is free only once the last of its processes is gone.
    for (let tries = 1; ; tries += 1) {
      await pause(50);
      // Its file names a process that nobody may have buried yet.
      rmSync(join(this.primary.data, "postmaster.pid"), { force: true });
      try {
        await this.#start(this.primary);
        break;
      } catch (error) {
        if (tries === 20) throw error;
      }
    }
    return performance.now() - began;
  }

  /** Has every process of the primary stand still for a time. */
  async stop(ms) {
    const pids = [this.primary.pid, ...children(this.primary.pid)];
    for (const pid of pids) signal(pid, "SIGSTOP");
    await pause(ms);
    for (const pid of pids) signal(pid, "SIGCONT");
  }

  /** One value that the primary gives. */
  ask(statement, database = "site") {
    const url = `postgres://postgres@127.0.0.1:${this.primary.port}/${database}`;
    return this.#run("psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-q", "-A", "-t", url, "-c", statement).trim();
  }

  get #options() {
    const library = process.env.TALLYHOUSE_PG_LIB;
    const env = { PATH: process.env.PATH, LC_ALL: "C.UTF-8", ...(library && { LD_LIBRARY_PATH: library }) };
    return { ...this.#owner, env, cwd: "/", timeout: 120_000 };
  }

  /** Runs a program while everything else of this process goes on. */
  async #beside(program, ...args) {
    // A server that goes on holds what it inherits; without pipes nobody waits for it.
    const child = spawn(join(this.#bin, program), args, { ...this.#options, stdio: "ignore" });
    const status = await new Promise((done, fail) => {
      child.once("error", fail);
      child.once("exit", done);
    });
    if (status !== 0) throw new Error(`${program} ended with ${status}${this.#logs()}`);
  }

  #run(program, ...args) {
    const done = spawnSync(join(this.#bin, program), args, { ...this.#options, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${program}: ${done.error?.message ?? done.stderr?.trim() ?? done.status}${this.#logs()}`);
    return done.stdout ?? "";
  }

  #logs() {
    const logs = existsSync(this.folder ?? "") ? readdirSync(this.folder).filter((name) => name.endsWith(".log")) : [];
    const tail = (name) => readFileSync(join(this.folder, name), "utf8").split("\n").slice(-4).join("\n");
    return logs.map((name) => `\n${tail(name)}`).join("");
  }

  #kill(server) {
    const pids = [server.pid, ...children(server.pid)];
    for (const pid of pids) signal(pid, "SIGKILL");
    server.pid = 0;
  }

  #killAll() {
    for (const server of [this.primary, this.standby]) if (server?.pid) this.#kill(server);
  }

  async #until(isSo, otherwise) {
    const began = performance.now();
    while (!isSo()) {
      if (performance.now() - began > WAIT_MS_MAX) throw new Error(`${otherwise}${this.#logs()}`);
      await pause(100);
    }
  }
}

/** The processes that a process has started, and that live. */
function children(parent) {
  const path = `/proc/${parent}/task/${parent}/children`;
  return existsSync(path) ? readFileSync(path, "utf8").split(" ").filter(Boolean).map(Number) : [];
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
