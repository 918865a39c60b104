// Clients that read nothing, send slowly or open more than they may, against one node, while somebody scans.
//
// What must hold: no scan fails, memory comes back, and the node has let go of all of them at the end.

import net from "node:net";

import { ask, bearer } from "../client.mjs";
import { Node, pause } from "../site.mjs";

export const limit_s = 420;
/** How much memory may grow under attack, and how much of it may stay, in MiB. */
const GROWTH_MIB_MAX = 160;
const STAYS_MIB_MAX = 64;
/** Most milliseconds that 99 of 100 scans may take meanwhile, with the attackers on the same processors. */
const SCAN_P99_MS_MAX = 1500;
const HEADS_S = 20;
const WRITES_S = 30;
/** So much of what a connection is answered is kept. */
const TEXT_MAX = 1_000_000;

/** Somebody at a station: one scan after the other until they are told to stop. */
class Station {
  #isOn = true;
  times = [];
  retried = 0;
  failed = [];

  constructor(node, token) {
    this.done = this.#work(node, token);
  }

  async #work(node, token) {
    for (let n = 0; this.#isOn; n += 1) {
      const id = `019ad000-0000-7000-8000-${(Date.now() * 1000 + (n % 1000)).toString(16).padStart(12, "0").slice(-12)}`;
      const scan = { id, at: new Date().toISOString(), action: "parent", code: `SB${String(90_000 + (n % 900)).padStart(5, "0")}` };
      const body = JSON.stringify({ station: "attacked", scans: [scan] });
      const began = performance.now();
      const answered = await this.#send(node, token, body);
      this.times.push(performance.now() - began);
      if (answered !== 200) this.failed.push(answered);
      await pause(20);
    }
  }

  /** A station sends again what was not answered; that a connection is closed to it is no failure. */
  async #send(node, token, body) {
    let last = "";
    for (let tries = 0; tries < 5; tries += 1) {
      try {
        const headers = { ...bearer(token), "content-type": "application/json" };
        const answer = await ask(node.port, { method: "POST", path: "/api/v1/scans", headers, body, forMs: 5000 });
        if (answer.status !== 503) return answer.status;
        last = "503";
      } catch (error) {
        last = error.message;
      }
      this.retried += 1;
      await pause(100);
    }
    return last;
  }

  async stop() {
    this.#isOn = false;
    await this.done;
    const sorted = this.times.toSorted((a, b) => a - b);
    return { scans: sorted.length, p50: sorted[Math.floor(sorted.length / 2)], p99: sorted[Math.floor(sorted.length * 0.99)] };
  }
}

/** A connection from an address of the loopback network; it never reads unless it is told to. */
function open(port, local, { reads = false } = {}) {
  return new Promise((ready) => {
    const socket = net.connect({ port, host: "127.0.0.1", localAddress: local });
    const one = { socket, isClosed: false, text: "" };
    socket.on("error", () => { one.isClosed = true; ready(one); });
    socket.on("close", () => { one.isClosed = true; ready(one); });
    socket.on("connect", () => ready(one));
    const keep = (part) => { if (one.text.length < TEXT_MAX) one.text += part.toString("latin1"); };
    if (reads) socket.on("data", keep);
    else socket.pause();
  });
}

const address = (n) => `127.0.0.${2 + (n % 60)}`;
const letGo = (all) => all.forEach(({ socket }) => socket.destroy());
const request = (path, more = "") => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;

/** 400 requests for the largest public answer on each of many connections that read nothing. */
async function stalledReaders(node) {
  const all = [];
  for (let n = 0; n < 300; n += 1) {
    const one = await open(node.port, address(n));
    one.socket.write(request("/api/openapi.json").repeat(400));
    all.push(one);
  }
  const began = Date.now();
  let most = 0;
  while (Date.now() - began < (WRITES_S + 12) * 1000) {
    most = Math.max(most, node.memory().now);
    await pause(500);
  }
  // Only what was sent before can still be read, and then the connection has ended.
  all.forEach(({ socket }) => socket.resume());
  await pause(3000);
  const open_ = all.filter((one) => !one.isClosed).length;
  letGo(all);
  return { cases: 300 * 400, most, faults: open_ > 0 ? [`${open_} of 300 connections that read nothing are still served`] : [] };
}

/** 400 requests at once by somebody who reads: as many answers, in their order. */
async function pipelining(node) {
  const faults = [];
  for (let round = 0; round < 20; round += 1) {
    const one = await open(node.port, "127.0.0.70", { reads: true });
    const paths = Array.from({ length: 400 }, (_, n) => (n % 2 ? "/health" : "/nothing"));
    one.socket.write(paths.map((path, n) => request(path, n === 399 ? "connection: close\r\n" : "")).join(""));
    for (let waited = 0; !one.isClosed && waited < 100; waited += 1) await pause(50);
    const statuses = [...one.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((found) => found[1]);
    const wanted = statuses.every((status, n) => status === (n % 2 ? "200" : "404"));
    const isWhole = one.text.length >= TEXT_MAX || statuses.length === 400;
    if (!isWhole || !wanted || !one.isClosed) {
      faults.push(`400 pipelined requests were answered ${statuses.length} times, in order: ${wanted}`);
    }
    one.socket.destroy();
  }
  return { cases: 20 * 400, faults };
}

/** Heads and bodies that come byte by byte. */
async function slowSenders(node) {
  const heads = [];
  const bodies = [];
  for (let n = 0; n < 500; n += 1) {
    const head = await open(node.port, address(n), { reads: true });
    head.socket.write("GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ");
    heads.push(head);
    if (n >= 100) continue;
    const body = await open(node.port, address(n), { reads: true });
    body.socket.write("POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n");
    bodies.push(body);
  }
  const began = Date.now();
  let most = 0;
  while (Date.now() - began < 45_000) {
    for (const one of [...heads, ...bodies]) if (!one.isClosed) one.socket.write("a");
    most = Math.max(most, node.memory().now);
    await pause(1000);
  }
  const [heldHeads, heldBodies] = [heads, bodies].map((all) => all.filter((one) => !one.isClosed).length);
  const faults = [];
  if (heldHeads) faults.push(`${heldHeads} of 500 heads that trickle are still waited for after 45 s (${HEADS_S} s are given)`);
  if (heldBodies) faults.push(`${heldBodies} of 100 bodies that trickle are still waited for after 45 s`);
  const answered = heads.filter((one) => one.text.includes(" 200 ")).length;
  if (answered) faults.push(`${answered} heads that were never whole were answered with 200`);
  letGo([...heads, ...bodies]);
  return { cases: 600, most, faults };
}

/** Ten thousand connections that say nothing, and more of one address than it may have. */
async function manyConnections(node) {
  const all = [];
  let most = 0;
  let held = 0;
  for (let n = 0; n < 10_000; n += 1) {
    all.push(await open(node.port, address(n)));
    if (n % 250 === 0) {
      most = Math.max(most, node.memory().now);
      held = Math.max(held, node.descriptors());
    }
  }
  const faults = [];
  if (held > 4096 + 200) faults.push(`${held} files and connections are open: 4,096 connections are the limit`);
  letGo(all);
  const greedy = [];
  for (let n = 0; n < 1500; n += 1) greedy.push(await open(node.port, "127.0.0.1"));
  await pause(500);
  const ofOne = node.descriptors();
  if (ofOne > 1024 + 200) faults.push(`one address holds about ${ofOne} connections: 1,024 are the limit`);
  const inTime = await ask(node.port, { path: "/health" }).then((answer) => answer.status, (error) => error.message);
  if (inTime !== 200) faults.push(`beside 1,500 connections of one address the next is answered: ${inTime}`);
  letGo(greedy);
  return { cases: 11_500, most, faults, held };
}

const ATTACKS = { "stalled readers": stalledReaders, pipelining, "slow senders": slowSenders, "idle connections": manyConnections };

export async function attack(site) {
  const node = await new Node(site, "sockets").start();
  const station = new Station(node, site.tokens.dispatcher);
  await pause(2000);
  const before = node.memory().now;
  const files = node.descriptors();
  const findings = [];
  const told = [];
  let cases = 0;
  for (const [name, act] of Object.entries(ATTACKS)) {
    const done = await act(node);
    await pause(3000);
    const after = node.memory().now;
    const most = Math.max(done.most ?? 0, after);
    cases += done.cases;
    findings.push(...done.faults.map((fault) => `${name}: ${fault}`));
    if (most - before > GROWTH_MIB_MAX) findings.push(`${name}: memory grew from ${before.toFixed(0)} to ${most.toFixed(0)} MiB`);
    if (after - before > STAYS_MIB_MAX) findings.push(`${name}: ${(after - before).toFixed(0)} MiB stayed after the attack`);
    told.push(`${name} ${before.toFixed(0)} / ${most.toFixed(0)} / ${after.toFixed(0)} MiB`);
  }
  const { scans, p50, p99 } = await station.stop();
  if (station.failed.length) findings.push(`${station.failed.length} of ${scans} scans failed: ${station.failed[0]}`);
  if (p99 > SCAN_P99_MS_MAX) findings.push(`1 of 100 scans took more than ${p99.toFixed(0)} ms`);
  const left = node.descriptors();
  if (left > files + 20) findings.push(`${left} files and connections are open at the end, ${files} before`);
  findings.push(...node.complaints(), ...await node.stop());
  const pace = `half under ${p50.toFixed(1)} ms, 99 % under ${p99.toFixed(0)} ms`;
  told.push(`${scans} scans meanwhile, ${pace}, ${station.retried} sent again, ${station.failed.length} failed`);
  return { cases, findings, told: `memory before / most / after: ${told.join("; ")}` };
}
