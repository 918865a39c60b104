// Two nodes on one PostgreSQL behind a balancer, and a rolling restart of both under load, again and again.
//
//   node tests/faults/nodes.mjs [--rounds 3] [--clients 100] [--seed N] [--before PROGRAM]
//
// A client is answered or, where it is told to come back, comes back after Retry-After; anything else that it sees, such as
// a connection that ends without an answer, is a failed scan. With `--before` both nodes begin as that program, one of the
// release before, and are replaced one after the other.
//
// Invariant: the last line is `N passed, N failed`; the exit code is 0 only when nothing has failed.

import http from "node:http";
import { parseArgs } from "node:util";

import { compareParents, repeatAnswers } from "./check.mjs";
import { Cluster } from "./cluster.mjs";
import { Ledger } from "./ledger.mjs";
import { Client, pause, randomFrom, Supply } from "./load.mjs";
import { Balancer } from "./relay.mjs";
import { doctor, freePort, openSite, requireProgram, Server } from "./server.mjs";

const BETWEEN_MS = 1000;
const REPEATED_MAX = 2000;
/** Without a call between the nodes it would be up to 15 seconds. */
const TOLD_MS_MAX = 4000;

const text = (fallback) => ({ type: "string", default: fallback });
const { values: options } = parseArgs({
  options: { rounds: text("3"), clients: text("100"), seed: text("1"), before: { type: "string" } },
});
const [rounds, clients, seed] = ["rounds", "clients", "seed"].map((name) => Number(options[name]));

/** A round whose clients follow Retry-After. */
function strictRound(server, ledger) {
  return {
    server,
    isOver: false,
    busy: 0,
    longestMs: 0,
    answered(_client, sentAt) {
      this.longestMs = Math.max(this.longestMs, performance.now() - sentAt);
    },
    async refused(reply) {
      const seconds = Number(reply.headers["retry-after"]);
      if (!(seconds >= 0)) ledger.complain(`HTTP ${reply.status} without Retry-After: ${reply.text.slice(0, 200)}`);
      await pause(1000 * Math.min(5, seconds || 1));
    },
  };
}

/** How long a page at one node waits for the figures of a change at the other, in milliseconds. */
async function tellsOther(here, there, supply) {
  const { port, token } = there.site;
  const headers = { authorization: `Bearer ${token}` };
  let heard = () => {};
  const request = http.get({ host: "127.0.0.1", port, path: "/api/v1/live", headers, agent: false }, (answer) => {
    answer.on("data", (bytes) => { if (bytes.toString().includes("event: stats")) heard(); });
    answer.on("error", () => {});
  });
  request.on("error", () => {});
  const next = () => Promise.race([new Promise((done) => { heard = done; }), pause(20_000)]);
  await next();
  await pause(1500);
  const began = performance.now();
  const told = next();
  const scans = [supply.scan("parent", { code: supply.parent() })];
  await here.call("POST", "/api/v1/scans", JSON.stringify({ station: "feed", scans }));
  await told;
  request.destroy();
  return performance.now() - began;
}

/** Asks a node to end, waits for that, and starts the program of today in its place. */
async function replace(node) {
  const began = performance.now();
  await node.kill("SIGTERM");
  const endedMs = performance.now() - began;
  const next = new Server({ ...node.site, program: undefined });
  const upMs = await next.start();
  return { next, endedMs, upMs, complaints: node.complaints() };
}

async function main() {
  requireProgram();
  const cluster = await new Cluster().open();
  const site = await openSite("postgres", cluster);
  const ports = [await freePort(), await freePort()];
  let nodes = ports.map((port) => new Server({ ...site, port, program: options.before }));
  for (const node of nodes) await node.start();
  const balancer = await new Balancer(ports).listen(await freePort());
  const door = new Server({ ...site, port: balancer.port });
  const [ledger, supply] = [new Ledger(), new Supply()];
  const client = (_, at) => new Client(at + 1, { random: randomFrom(seed * 1000 + at + 1), supply, ledger });
  const people = Array.from({ length: clients }, client);
  console.log(`${cluster.version}; 2 nodes, ${clients} clients, ${rounds} rolling restarts, seed ${seed}`);

  const round = strictRound(door, ledger);
  const work = Promise.all(people.map((person) => person.work(round)));
  let failed = 0;
  const report = (name, facts) => {
    const complaints = ledger.takeComplaints();
    failed += complaints.length > 0 ? 1 : 0;
    console.log(`${complaints.length > 0 ? "FAILED" : "ok    "} ${name}: ${facts}`);
    complaints.slice(0, 8).forEach((complaint) => console.log(`       ${complaint}`));
  };
  for (let number = 1; number <= rounds; number += 1) {
    await pause(BETWEEN_MS);
    for (const at of [0, 1]) {
      const before = ledger.ids.length;
      const { next, endedMs, upMs, complaints } = await replace(nodes[at]);
      nodes = nodes.with(at, next);
      complaints.forEach((complaint) => ledger.complain(complaint));
      await pause(BETWEEN_MS);
      const answered = ledger.ids.length - before;
      const facts = `ended in ${Math.round(endedMs)} ms, up in ${Math.round(upMs)} ms, ${answered} scans answered meanwhile`;
      report(`restart ${number} of node ${"AB"[at]}`, facts);
    }
  }
  round.isOver = true;
  await work;
  const last = { ...strictRound(door, ledger), isLast: true };
  await Promise.all(people.map((person) => person.work(last)));
  const told = `${round.busy + last.busy} calls told to come back`;
  report("calls", `${ledger.ids.length} scans, ${told}, longest answer ${Math.round(round.longestMs)} ms`);
  await compareParents(door, ledger, ledger.parents);
  report("every parent is as the answers say", `${ledger.parents.length} parents`);
  await repeatAnswers(nodes[0], ledger, ledger.ids.slice(-REPEATED_MAX));
  await repeatAnswers(nodes[1], ledger, ledger.ids.slice(-REPEATED_MAX));
  report("both nodes give the same answers again", `${Math.min(REPEATED_MAX, ledger.ids.length)} of each`);
  const toldMs = await tellsOther(nodes[0], nodes[1], supply);
  if (toldMs > TOLD_MS_MAX) ledger.complain("another node's figures came late");
  report("a page at one node is told of a change at the other", `after ${Math.round(toldMs)} ms`);
  for (const node of nodes) await node.kill();
  doctor(site).forEach((complaint) => ledger.complain(complaint));
  report("the counters equal a recount", "after a last kill of both");
  balancer.close();
  cluster.relay.close();
  const total = 2 * rounds + 5;
  console.log(`${total - failed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

await main();
