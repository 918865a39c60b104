// Outages of many kinds under the load of stations, gates and billers, and what is left of every answer afterwards.
//
//   node tests/faults/outages.mjs [--plan kill:10,crash:5,failover:5,network:5,silence:2,pause:3,disk:3]
//     [--kind KIND --rounds N] [--clients 20] [--seed N]
//
// kill: kill -9 of one of two nodes. crash: kill -9 of PostgreSQL, which starts again on what is on its disk. failover:
// kill -9 of the primary, and its synchronous standby is promoted. network: calls and answers between clients and nodes are
// lost, delayed and doubled. silence: the connections between nodes and PostgreSQL pass nothing any more, and neither end is
// told. pause: PostgreSQL stands still for seconds (SIGSTOP). disk: the disk of a site on SQLite is full (needs root).
//
// Recovery is the time until every client has an answer to a call that it began after the outage did, or where the outage
// lasts for a time, after its end.
//
// Invariant: the last line is `N passed, N failed`; the exit code is 0 only when nothing has failed.

import { parseArgs } from "node:util";

import { compareParents, InFlight, repeatAnswers } from "./check.mjs";
import { Cluster } from "./cluster.mjs";
import { SmallDisk } from "./disk.mjs";
import { Ledger } from "./ledger.mjs";
import { Client, pause, randomFrom, Supply } from "./load.mjs";
import { Biller, codesOfParents, compareBills, compareGates, openGates } from "./office.mjs";
import { Balancer, Relay } from "./relay.mjs";
import { doctor, freePort, must, openSite, requireProgram, run, runWith, Server } from "./server.mjs";
import { Table } from "./table.mjs";

const LIFE_MS = [300, 1000];
const RECOVERY_MS_MAX = 90_000;
const FULL_MS_MAX = 30_000;
const REPEATED = 100;
const DOCTOR_EVERY = 10;
const GATES = 3;
const BILLERS = 3;
const BOSS = { username: "boss", password: "Quiet-Mustard-Field-73" };
const PLAN = "kill:10,crash:5,failover:5,network:5,silence:2,pause:3,disk:3";



function readOptions() {
  const text = (fallback) => ({ type: "string", default: fallback });
  const known = { plan: text(PLAN), kind: { type: "string" }, rounds: text("5"), clients: text("20"), seed: text("1") };
  const { values } = parseArgs({ options: known });
  const plan = (values.kind ? `${values.kind}:${values.rounds}` : values.plan).split(",").map((part) => part.split(":"));
  for (const [kind, count] of plan) {
    if (KINDS[kind] && Number(count) > 0) continue;
    process.stderr.write(`${kind}:${count}: write KIND:ROUNDS, with a kind of ${Object.keys(KINDS).join(", ")}\n`);
    process.exit(2);
  }
  return { plan: plan.map(([kind, count]) => [kind, Number(count)]), clients: Number(values.clients), seed: Number(values.seed) };
}

/** What each kind does to a stage. Gives when the recovery begins; what is to be mended once the load is over, in `mend`. */
const KINDS = Object.assign(Object.create(null), {
  async kill(stage) {
    const at = stage.random.between(0, stage.nodes.length - 1);
    const from = performance.now();
    await stage.replace(at);
    return { from };
  },
  async crash(stage) {
    const from = performance.now();
    return { from, downMs: await stage.cluster.crash() };
  },
  async failover(stage) {
    const from = performance.now();
    const downMs = await stage.cluster.failOver();
    return { from, downMs, mend: () => stage.cluster.follow() };
  },
  async network(stage) {
    stage.line.trouble = { random: stage.random, loss: 0.1, delayMs: 300, doubling: 0.1 };
    await pause(3000);
    stage.line.trouble = null;
    return { from: performance.now() };
  },
  async silence(stage) {
    const from = performance.now();
    stage.cluster.relay.silence();
    return { from };
  },
  async pause(stage) {
    await stage.cluster.stop(stage.random.between(2000, 6000));
    return { from: performance.now() };
  },
  async disk(stage, count) {
    const [before, until] = [count.busy, performance.now() + FULL_MS_MAX];
    // What is free inside of the files of the database is used first.
    while (count.busy === before && performance.now() < until) {
      stage.disk.fill();
      await pause(100);
    }
    if (count.busy === before) stage.ledger.complain("nothing was refused, though the disk was full");
    await pause(1000);
    stage.disk.empty();
    const from = performance.now();
    await stage.replace(0);
    return { from };
  },
});

const options = readOptions();

/** A site with its nodes, its clients and what they were answered. */
class Stage {
  ledger = new Ledger();
  supply = new Supply();
  random = randomFrom(options.seed);

  async open(kind, { cluster = null, disk = null }) {
    Object.assign(this, { kind, cluster, disk });
    this.site = await openSite(kind, cluster ?? disk);
    must(runWith(this.site, BOSS.password, "user", "add", BOSS.username, "--role", "admin", "--password-stdin"));
    const token = must(run(this.site, "token", "create", "--user", BOSS.username, "--name", "faults")).trim();
    this.nodes = [];
    for (let at = 0; at < (cluster ? 2 : 1); at += 1) {
      const node = new Server({ ...this.site, port: await freePort() });
      await node.start();
      this.nodes.push(node);
    }
    this.balancer = await new Balancer(this.nodes.map((node) => node.site.port)).listen(await freePort());
    this.line = await new Relay(this.balancer.port).listen(await freePort());
    this.door = new Server({ ...this.site, port: this.line.port });
    this.office = new Server({ ...this.site, token, port: this.line.port });
    await this.#people();
    return this;
  }

  async #people() {
    const { supply, ledger } = this;
    const parts = (number) => ({ random: randomFrom(options.seed * 1000 + number), supply, ledger });
    const many = (count, make) => Array.from({ length: count }, (_, at) => make(at + 1));
    this.stations = many(options.clients, (number) => new Client(number, parts(number)));
    this.gates = await openGates(GATES, (number) => parts(500 + number), this.office, BOSS);
    const codes = codesOfParents();
    this.billers = many(BILLERS, (number) => new Biller(number, parts(700 + number), codes));
    this.all = [...this.stations, ...this.gates, ...this.billers];
  }

  get answers() {
    return this.ledger.ids.length + [...this.gates, ...this.billers].reduce((sum, one) => sum + one.answered, 0);
  }

  /** Kills a node and starts another in its place. */
  async replace(at) {
    const old = this.nodes[at];
    await old.kill();
    old.complaints().forEach((text) => this.ledger.complain(text));
    this.nodes[at] = new Server(old.site);
    await this.nodes[at].start();
  }

  #work(round) {
    const own = (server) => Object.create(round, { server: { value: server } });
    const stations = this.stations.map((one) => one.work(own(this.door)));
    const others = [...this.gates, ...this.billers].map((one) => one.work(own(this.office)));
    return Promise.all([...stations, ...others]);
  }

  /** One outage under load, and a look at what is left; gives a line for the table. */
  async round(name, number) {
    const before = this.answers;
    const latest = new Map();
    // Rounds are inherited from, so that what all count is in an object of its own.
    const count = { busy: 0 };
    const round = {
      isRough: true, isCut: true, isOver: false,
      get busy() { return count.busy; },
      set busy(value) { count.busy = value; },
      answered(who, sentAt) {
        if (!(latest.get(who)?.sentAt >= round.from)) latest.set(who, { sentAt, at: performance.now() });
      },
      from: Infinity,
    };
    const work = this.#work(round);
    await pause(this.random.between(...LIFE_MS));
    const { from, downMs, mend } = await KINDS[name](this, count);
    round.from = from;
    const isBack = () => this.all.every((one) => latest.get(one)?.sentAt >= from);
    while (!isBack() && performance.now() - from < RECOVERY_MS_MAX) await pause(10);
    const recoveryMs = Math.max(...this.all.map((one) => latest.get(one)?.at ?? Infinity)) - from;
    if (!isBack()) this.ledger.complain(`not everybody was answered again within ${RECOVERY_MS_MAX / 1000} s`);
    await pause(200);
    round.isOver = true;
    await work;
    await mend?.();
    await this.sweep(number % DOCTOR_EVERY === 0);
    const [answers, complaints] = [this.answers - before, this.ledger.takeComplaints()];
    return { name, downMs, answers, busy: count.busy, recoveryMs: isBack() ? recoveryMs : NaN, complaints };
  }

  async sweep(withDoctor) {
    const { ledger, door, office } = this;
    const waiting = this.stations.flatMap((one) => one.waiting);
    const recent = this.stations.flatMap((one) => one.parents.slice(0, 3));
    await compareParents(door, ledger, recent, new InFlight(waiting));
    await repeatAnswers(door, ledger, ledger.ids.slice(-REPEATED));
    await compareGates(office, ledger, this.gates);
    await compareBills(office, ledger, this.billers);
    for (const one of [...this.gates, ...this.billers]) await one.repeat(office, 10);
    if (withDoctor) doctor(this.site).forEach((text) => ledger.complain(text));
  }

  /** What waits is answered, everything is compared, and the trail is proved; gives the complaints. */
  async finish() {
    const { ledger, door, office } = this;
    await this.#work({ isRough: true, isCut: true, isOver: false, isLast: true, busy: 0 });
    await compareParents(door, ledger, ledger.parents);
    await repeatAnswers(door, ledger, ledger.ids);
    await compareGates(office, ledger, this.gates);
    await compareBills(office, ledger, this.billers, Infinity);
    for (const one of [...this.gates, ...this.billers]) await one.repeat(office, Infinity);
    for (const node of this.nodes) await node.kill();
    doctor(this.site).forEach((text) => ledger.complain(text));
    const verified = run(this.site, "audit", "verify");
    if (verified.status !== 0) ledger.complain(`audit verify: ${verified.stderr.trim()}`);
    this.line.close();
    this.balancer.close();
    return ledger.takeComplaints();
  }
}

/** Runs some kinds on one stage, mixed. */
async function play(table, stage, plan) {
  const rounds = plan.flatMap(([kind, count]) => Array(count).fill(kind));
  for (let at = rounds.length - 1; at > 0; at -= 1) {
    const other = stage.random.between(0, at);
    [rounds[at], rounds[other]] = [rounds[other], rounds[at]];
  }
  for (const [at, kind] of rounds.entries()) table.add(await stage.round(kind, at + 1), `${at + 1} of ${rounds.length}`);
  const answers = stage.answers;
  table.end(stage.kind, answers, await stage.finish());
}

async function main() {
  requireProgram();
  const table = new Table();
  const [disks, others] = [options.plan.filter(([kind]) => kind === "disk"), options.plan.filter(([kind]) => kind !== "disk")];
  try {
    if (others.length > 0) {
      const cluster = await new Cluster().open();
      const people = `${options.clients} stations, ${GATES} gates, ${BILLERS} billers`;
      console.log(`${cluster.version}, primary and synchronous standby; 2 nodes, ${people}; seed ${options.seed}`);
      await play(table, await new Stage().open("postgres", { cluster }), others);
      cluster.relay.close();
    }
    if (disks.length > 0) await play(table, await new Stage().open("sqlite", { disk: new SmallDisk() }), disks);
  } catch (error) {
    table.end("could not go on", 0, [error.stack]);
  }
  table.print();
  process.exit(table.failed === 0 ? 0 : 1);
}

await main();
