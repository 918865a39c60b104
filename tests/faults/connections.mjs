// Thousands of idle connections, clients that never read what they asked for, and clients that send a byte now and then:
// none of them may stop a scan.
//
//   node tests/faults/connections.mjs [--idle 10000] [--readers 200] [--dawdlers 500] [--seconds 15] [--seed N]
//
// Every loopback address is one of this machine, so that the crowd comes from many addresses, as attackers do; stations
// come from an address of their own. Figures of the same load without the crowd are measured first.
//
// Invariant: the last line is `N passed, N failed`; the exit code is 0 only when nothing has failed.

import http from "node:http";
import net from "node:net";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { compareParents } from "./check.mjs";
import { Ledger } from "./ledger.mjs";
import { Client, pause, randomFrom, Supply } from "./load.mjs";
import { doctor, openSite, requireProgram, Server } from "./server.mjs";

const STATIONS = 20;
const AT_ONCE = 200;
/** When one whom the server let go comes again. */
const AGAIN_MS = 5000;
/** A scan during the crowd may take this many times as long as before it, and at least this many milliseconds. */
const SLOWER_MAX = 5;
const SLOW_MS_MIN = 500;
/** What a crowd may leave in memory, in KiB for each of its connections. */
const KIB_EACH_MAX = 48;

const text = (fallback) => ({ type: "string", default: fallback });
const known = { idle: text("10000"), readers: text("200"), dawdlers: text("500"), seconds: text("15"), seed: text("1") };
const { values } = parseArgs({ options: known });
const options = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));

/** An address for the crowd's connection of this number: 100 connections for each, so that none has too many. */
function addressOf(number) {
  const at = Math.floor(number / 100);
  return `127.9.${at >> 8}.${(at & 255) + 1}`;
}

/** Those who come to get in the way. Each is a socket that is opened again when the server lets it go. */
class Crowd {
  #sockets = new Set();
  #isOver = false;
  opened = 0;
  letGo = 0;
  refused = 0;

  constructor(port) {
    this.port = port;
  }

  get open() {
    return this.#sockets.size;
  }

  #connect(number, begin) {
    return new Promise((done) => {
      const socket = net.connect({ port: this.port, host: "127.0.0.1", localAddress: addressOf(number) });
      socket.once("connect", () => {
        this.opened += 1;
        this.#sockets.add(socket);
        begin(socket);
        done();
      });
      socket.once("error", () => { this.refused += 1; done(); });
      socket.once("close", () => {
        if (!this.#sockets.delete(socket) || this.#isOver) return;
        this.letGo += 1;
        setTimeout(() => this.#isOver || this.#connect(number, begin), AGAIN_MS);
      });
    });
  }

  /** Opens so many, some at a time. */
  async add(from, count, begin) {
    for (let at = 0; at < count; at += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, one) => this.#connect(from + at + one, begin)));
    }
  }

  leave() {
    this.#isOver = true;
    this.#sockets.forEach((socket) => socket.destroy());
  }
}

function reader(token) {
  return (socket) => {
    socket.pause();
    const ask = `GET /api/v1/bags?limit=100 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    socket.write(ask.repeat(200));
  };
}

/** A request of which one byte comes every now and then. */
function dawdler(socket) {
  socket.write("POST /api/v1/scans HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  const timer = setInterval(() => socket.write("a"), 1000);
  socket.once("close", () => clearInterval(timer));
}

/** Listens to the scans for a time; gives what their answers took, in milliseconds, sorted. */
async function listenFor(ms, round) {
  const took = [];
  round.answered = (_who, sentAt) => took.push(performance.now() - sentAt);
  await pause(ms);
  round.answered = null;
  return took.sort((a, b) => a - b);
}

function figures(took, ms) {
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))];
  return { calls: took.length, perSecond: took.length / (ms / 1000), median: at(0.5), p99: at(0.99), longest: took.at(-1) };
}

function shown({ calls, perSecond, median, p99, longest }) {
  const took = `median ${median?.toFixed(1)} ms, 99 % ${p99?.toFixed(1)} ms, longest ${longest?.toFixed(0)} ms`;
  return `${calls} calls (${perSecond.toFixed(0)} a second), ${took}`;
}

function memoryKib(pid) {
  return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]);
}

/** Somebody new at a station: a connection of their own, while the crowd is there. */
function freshCall(site) {
  const began = performance.now();
  return new Promise((answer, fail) => {
    const request = http.get({ host: "127.0.0.1", port: site.port, path: "/ready", agent: false, timeout: 10_000 }, (response) => {
      response.resume();
      response.on("end", () => answer({ status: response.statusCode, ms: performance.now() - began }));
    });
    request.on("timeout", () => request.destroy(new Error("no answer in 10 s")));
    request.on("error", fail);
  });
}

async function main() {
  requireProgram();
  const site = await openSite("sqlite");
  const server = new Server(site);
  await server.start();
  const [ledger, supply] = [new Ledger(), new Supply()];
  const random = (at) => randomFrom(options.seed * 1000 + at);
  const people = Array.from({ length: STATIONS }, (_, at) => new Client(at + 1, { random: random(at), supply, ledger }));
  const round = { server, busy: 0, isOver: false };
  const work = Promise.all(people.map((one) => one.work(round)));
  let failed = 0;
  const report = (name, facts, complaints) => {
    const all = [...complaints, ...ledger.takeComplaints()];
    failed += all.length > 0 ? 1 : 0;
    console.log(`${all.length > 0 ? "FAILED" : "ok    "} ${name}: ${facts}`);
    all.slice(0, 8).forEach((complaint) => console.log(`       ${complaint}`));
  };
  const ms = options.seconds * 1000;
  const before = figures(await listenFor(ms, round), ms);
  report("scans without a crowd", shown(before), before.calls === 0 ? ["not one scan was answered"] : []);

  const restKib = memoryKib(server.pid);
  const crowd = new Crowd(site.port);
  const { idle, readers, dawdlers } = options;
  await crowd.add(0, idle, () => {});
  await crowd.add(idle, readers, reader(site.token));
  await crowd.add(idle + readers, dawdlers, dawdler);
  const during = figures(await listenFor(ms, round), ms);
  const grownKib = memoryKib(server.pid) - restKib;
  const slow = Math.max(SLOW_MS_MIN, before.p99 * SLOWER_MAX);
  const complaints = [];
  if (during.calls === 0) complaints.push("not one scan was answered");
  if (during.p99 > slow) complaints.push(`99 of 100 answers took up to ${during.p99.toFixed(0)} ms, more than ${slow.toFixed(0)}`);
  report(`scans beside ${idle} idle, ${readers} that never read and ${dawdlers} that dawdle`, shown(during), complaints);
  const fresh = [];
  for (let at = 0; at < 20; at += 1) fresh.push(await freshCall(site).catch((error) => ({ status: error.message, ms: NaN })));
  const wrong = fresh.filter(({ status }) => status !== 200).map(({ status }) => `a new connection got ${status}`);
  report("20 new connections meanwhile", `longest ${Math.max(...fresh.map((one) => one.ms)).toFixed(0)} ms`, wrong);
  const most = KIB_EACH_MAX * (idle + readers + dawdlers);
  const crowdFacts = `${crowd.opened} opened, ${crowd.open} open now, ${crowd.letGo} let go, ${crowd.refused} refused`;
  const isLarge = grownKib > most ? [`more than ${Math.round(most / 1024)} MiB`] : [];
  report("the crowd", `${crowdFacts}; memory grew by ${Math.round(grownKib / 1024)} MiB`, isLarge);
  crowd.leave();
  round.isLast = true;
  await work;
  await compareParents(server, ledger, ledger.parents);
  await server.kill();
  const held = `${ledger.ids.length} scans, ${round.busy} calls told to come back`;
  report("every answer holds", held, [...doctor(site), ...server.complaints()]);
  console.log(`${5 - failed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

await main();
