// Kills the server under load, again and again, and holds it to every answer it has given.
//
//   node tests/faults/run.mjs [--rounds 20] [--database sqlite|postgres|both] [--seed N] [--clients 30] [--failover]
//
// `--failover` adds, on PostgreSQL, rounds in which PostgreSQL itself crashes and recovers under load. Without
// TALLYHOUSE_TEST_POSTGRES this starts a private, durable PostgreSQL for itself.
//
// Invariant: the last line is `N passed, N failed`, each round and each final check being one; the exit code is 0 only
// when none has failed.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { compareParents, InFlight, repeatAnswers, sendDoubled } from "./check.mjs";
import { Ledger } from "./ledger.mjs";
import { Client, pause, randomFrom, Supply } from "./load.mjs";
import { crashPostgres, doctor, openSite, requireProgram, root, Server } from "./server.mjs";

const LIFE_MS = [200, 1500];
const REPEATED_PER_ROUND_MAX = 200;
const COMPLAINTS_SHOWN_MAX = 8;
const DOUBLED = 30;
/** So often PostgreSQL itself crashes with `--failover`. */
const CRASHES = 5;
const NAMES = { sqlite: "SQLite", postgres: "PostgreSQL" };

const options = readOptions();
const score = { passed: 0, failed: 0 };

function readOptions() {
  const text = (fallback) => ({ type: "string", default: fallback });
  const known = {
    rounds: text("20"),
    database: text("both"),
    clients: text("30"),
    seed: text(String(Date.now() % 1_000_000)),
    failover: { type: "boolean", default: false },
  };
  try {
    const { values } = parseArgs({ options: known });
    const numbers = ["rounds", "clients", "seed"].map((name) => [name, Number(values[name])]);
    for (const [name, value] of numbers) {
      if (!Number.isInteger(value) || value < (name === "seed" ? 0 : 1)) throw new Error(`--${name} is a whole number`);
    }
    const databases = { sqlite: ["sqlite"], postgres: ["postgres"], both: ["sqlite", "postgres"] }[values.database];
    if (!databases) throw new Error("--database is sqlite, postgres or both");
    return { ...values, ...Object.fromEntries(numbers), databases };
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return process.exit(2);
  }
}

/** Counts one test and prints its line, with what is wrong below it. */
function report(name, facts, complaints) {
  const isGood = complaints.length === 0;
  score[isGood ? "passed" : "failed"] += 1;
  console.log(`${isGood ? "ok    " : "FAILED"} ${name}: ${facts}`);
  for (const text of complaints.slice(0, COMPLAINTS_SHOWN_MAX)) console.log(`       ${text}`);
  if (complaints.length > COMPLAINTS_SHOWN_MAX) {
    console.log(`       and ${complaints.length - COMPLAINTS_SHOWN_MAX} more`);
  }
}

/** One database from its first round to its last check. */
class Trial {
  constructor(site) {
    this.site = site;
    this.random = randomFrom(options.seed);
    this.ledger = new Ledger();
    this.supply = new Supply();
    const client = (_, number) => {
      const random = randomFrom(options.seed * 1000 + number + 1);
      return new Client(number + 1, { random, supply: this.supply, ledger: this.ledger });
    };
    this.clients = Array.from({ length: options.clients }, client);
  }

  async run() {
    this.server = new Server(this.site);
    await this.server.start();
    for (let number = 1; number <= options.rounds; number += 1) await this.#round(number);
    const crashes = options.failover && this.site.kind === "postgres" ? CRASHES : 0;
    for (let number = 1; number <= crashes; number += 1) await this.#failover(number);
    await this.#finish();
  }

  /** Work, kill, look, restart, look, repeat. */
  async #round(number) {
    const life = this.random.between(...LIFE_MS);
    const before = this.ledger.ids.length;
    const round = { server: this.server, isOver: false, busy: 0 };
    const work = Promise.all(this.clients.map((client) => client.work(round)));
    await pause(life);
    const killed = this.server.kill();
    round.isOver = true;
    await Promise.all([work, killed]);
    const complaints = this.server.complaints();
    // The doctor opens the database as the crash has left it in one round, and as the server mended it in the next.
    if (number % 2 === 1) complaints.push(...doctor(this.site));
    this.server = new Server(this.site);
    const upMs = await this.server.start();
    const waiting = this.clients.flatMap((client) => client.waiting);
    await compareParents(this.server, this.ledger, this.#recentParents(), new InFlight(waiting));
    const repeated = this.#sample();
    await repeatAnswers(this.server, this.ledger, repeated);
    if (number % 2 === 0) complaints.push(...doctor(this.site));
    complaints.push(...this.ledger.takeComplaints());
    const answered = this.ledger.ids.length - before;
    if (answered === 0) complaints.push("not one scan was answered");
    const facts = [
      `killed after ${life} ms`,
      `${answered} answers`,
      `${waiting.length} scans in flight`,
      `up again in ${Math.round(upMs)} ms`,
      `${repeated.length} answers repeated`,
      ...(round.busy > 0 ? [`${round.busy} times busy`] : []),
    ];
    report(`${NAMES[this.site.kind]} round ${number}`, facts.join(", "), complaints);
  }

  /** The parents that were worked on last: what a crash would take first. */
  #recentParents() {
    return this.clients.flatMap((client) => client.parents.slice(0, 3));
  }

  /** The newest answers, and as many from all that came before. */
  #sample() {
    const { ids } = this.ledger;
    const half = REPEATED_PER_ROUND_MAX / 2;
    const sample = new Set(ids.slice(-half));
    const older = Math.min(half, ids.length - sample.size);
    for (let drawn = 0; drawn < older; drawn += 1) sample.add(this.random.pick(ids));
    return [...sample];
  }

  /** PostgreSQL crashes; the server stays and must come through with every answer that it gave. */
  async #failover(number) {
    const { server, site, ledger } = this;
    const before = ledger.ids.length;
    const round = { server, isOver: false, isRough: true, busy: 0 };
    const work = Promise.all(this.clients.map((client) => client.work(round)));
    await pause(this.random.between(...LIFE_MS));
    const atCrash = ledger.ids.length;
    const downMs = await crashPostgres(site);
    await pause(1500);
    round.isOver = true;
    await work;
    const waiting = this.clients.flatMap((client) => client.waiting);
    await compareParents(server, ledger, this.#recentParents(), new InFlight(waiting));
    await repeatAnswers(server, ledger, this.#sample());
    const after = ledger.ids.length - atCrash;
    const complaints = [...doctor(site), ...ledger.takeComplaints()];
    if (after === 0) complaints.push("not one scan was answered after the crash");
    const facts = [
      `${atCrash - before} answers`,
      `PostgreSQL back in ${Math.round(downMs)} ms`,
      `${after} answers after`,
      `${round.busy} calls to be repeated`,
    ];
    report(`PostgreSQL crash ${number}`, facts.join(", "), complaints);
  }

  async #finish() {
    const { ledger, server, site } = this;
    const check = async (name, look) => {
      const began = performance.now();
      const count = await look();
      const facts = `${count}, ${((performance.now() - began) / 1000).toFixed(1)} s`;
      report(`${NAMES[site.kind]} ${name}`, facts, ledger.takeComplaints());
    };
    await check("what waited is answered", async () => {
      const waiting = this.clients.flatMap((client) => client.waiting).length;
      const round = { server, isOver: false, isLast: true, busy: 0 };
      await Promise.all(this.clients.map((client) => client.work(round)));
      return `${waiting} scans`;
    });
    await check("doubled sends give equal answers", async () => {
      await sendDoubled(server, ledger, this.supply, DOUBLED);
      return `${DOUBLED} times`;
    });
    await check("every parent is as the answers say", async () => {
      await compareParents(server, ledger, ledger.parents);
      return `${ledger.parents.length} parents`;
    });
    await check("every answer is given again", async () => {
      await repeatAnswers(server, ledger, ledger.ids);
      return `${ledger.ids.length} answers`;
    });
    await check("the counters equal a recount", async () => {
      await server.kill();
      for (const text of [...doctor(site), ...server.complaints()]) ledger.complain(text);
      return "after a last kill";
    });
  }
}

/** Runs the same command beside a private PostgreSQL. */
function runBesidePostgres() {
  const args = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const env = { ...process.env, TALLYHOUSE_PG_FSYNC: "on" };
  const child = spawn("scripts/with-postgres", args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // The child stops its PostgreSQL first; only then may this process be gone.
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill("SIGTERM"));
  }
  child.on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

async function main() {
  requireProgram();
  console.log(`seed ${options.seed}, ${options.clients} clients, ${options.rounds} rounds on each database`);
  for (const kind of options.databases) {
    let trial = null;
    try {
      trial = new Trial(await openSite(kind));
      await trial.run();
    } catch (error) {
      const tail = trial?.server ? [trial.server.logTail()] : [];
      report(`${NAMES[kind]} could not go on`, error.message, [error.stack, ...tail]);
    }
  }
  console.log(`${score.passed} passed, ${score.failed} failed`);
  process.exit(score.failed === 0 ? 0 : 1);
}

if (options.databases.includes("postgres") && !process.env.TALLYHOUSE_TEST_POSTGRES) runBesidePostgres();
else await main();
