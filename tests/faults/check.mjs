// The comparison of what the server has promised with what it shows. Nothing here writes: repeating a scan that was
// lost would put it back and hide the loss, so the bags are read first and the answers repeated afterwards.
//
// Invariant: only what a scan without an answer can have caused is excused.

import { resultTexts } from "./ledger.mjs";
import { pause } from "./load.mjs";

const SCANS_PER_CALL_MAX = 500;
const AT_ONCE = 8;

/** What is under way: scans that were sent and may or may not have been decided. */
export class InFlight {
  constructor(scans = []) {
    this.count = scans.length;
    this.codes = new Set(scans.map((scan) => scan.code).filter(Boolean));
    this.times = new Set(scans.map((scan) => microseconds(scan.at)));
    this.undos = new Map();
    for (const { action, code, parent } of scans) {
      if (action === "undo" && !code) this.undos.set(parent, (this.undos.get(parent) ?? 0) + 1);
    }
  }
}

/** Reads `parents` and complains about each that is not as the answers say. */
export async function compareParents(server, ledger, parents, inFlight = new InFlight()) {
  const owners = new Map();
  await inParallel(parents, async (code) => {
    const bag = await readBag(server, ledger, code);
    if (!bag) {
      const isPromised = (ledger.ofParent.get(code) ?? []).length > 0;
      if (isPromised) ledger.complain(`${code} is gone`);
      return;
    }
    compareChildren(ledger, bag, inFlight);
    compareHistory(ledger, bag, inFlight);
    for (const { code: child } of bag.children) {
      if (owners.has(child)) ledger.complain(`${child} is in ${owners.get(child)} and in ${code}`);
      owners.set(child, code);
    }
  });
}

/** A bag with its whole history. */
async function readBag(server, ledger, code) {
  const history = [];
  let bag = null;
  let before = "";
  do {
    const reply = await server.call("GET", `/api/v1/bags/${code}${before}`);
    if (reply.status === 404) return null;
    if (reply.status !== 200) {
      ledger.complain(`GET ${code}: HTTP ${reply.status}: ${reply.text.slice(0, 200)}`);
      return null;
    }
    const page = JSON.parse(reply.text);
    bag ??= page;
    history.push(...page.history);
    before = page.history_next === null ? "" : `?before=${page.history_next}`;
  } while (before);
  return { ...bag, history };
}

function compareChildren(ledger, bag, inFlight) {
  const { code, children } = bag;
  const shown = new Set(children.map((child) => child.code));
  if (shown.size !== children.length) ledger.complain(`${code} shows a child twice`);
  if (bag.children_count !== children.length || bag.weight_kg !== children.length) {
    ledger.complain(`${code} counts ${bag.children_count}, weighs ${bag.weight_kg} and shows ${children.length}`);
  }
  const promised = ledger.inside(code);
  const missing = [];
  for (const [child, count] of promised) {
    if (inFlight.codes.has(child)) continue;
    if (count !== 1) ledger.complain(`${child} was linked to ${code} ${count} times more often than taken out`);
    else if (!shown.has(child)) missing.push(child);
  }
  const extra = [...shown].filter((child) => !promised.has(child) && !inFlight.codes.has(child));
  if (missing.length > (inFlight.undos.get(code) ?? 0)) ledger.complain(`${code} lost ${missing.join(" ")}`);
  if (extra.length > 0) ledger.complain(`${code} holds ${extra.join(" ")}, which no answer says`);
}

function compareHistory(ledger, bag, inFlight) {
  const byTime = new Map();
  for (const line of bag.history) {
    const time = microseconds(line.client_at);
    if (byTime.has(time)) ledger.complain(`${bag.code} has this scan twice: ${JSON.stringify(line)}`);
    byTime.set(time, line);
  }
  for (const { scan, answer, text } of ledger.ofParent.get(bag.code) ?? []) {
    const time = microseconds(scan.at);
    const line = byTime.get(time);
    byTime.delete(time);
    if (!line) ledger.complain(`the history of ${bag.code} lacks ${text}`);
    else if (line.outcome !== answer.outcome || line.code !== answer.code || line.action !== scan.action) {
      ledger.complain(`the history of ${bag.code} says ${JSON.stringify(line)}, the answer said ${text}`);
    }
  }
  for (const [time, line] of byTime) {
    if (inFlight.times.has(time)) continue;
    ledger.complain(`${bag.code} has a scan that nobody waits for: ${JSON.stringify(line)}`);
  }
}

/** Sends answered scans again and complains about each answer that is not the same, byte for byte. */
export async function repeatAnswers(server, ledger, ids) {
  const calls = [];
  for (let at = 0; at < ids.length; at += SCANS_PER_CALL_MAX) calls.push(ids.slice(at, at + SCANS_PER_CALL_MAX));
  await inParallel(calls, async (some) => {
    const scans = some.map((id) => ledger.answers.get(id).scan);
    const texts = await post(server, ledger, scans);
    texts.forEach((text, at) => ledger.repeated(some[at], text));
  });
}

/** Posts the same new scans twice at the same time: whole, in halves and one by one. */
export async function sendDoubled(server, ledger, supply, times) {
  for (let time = 0; time < times; time += 1) {
    const parent = supply.parent();
    const opening = [supply.scan("parent", { code: parent })];
    ledger.acknowledge(opening, await post(server, ledger, opening));
    const scans = Array.from({ length: 12 }, () => supply.scan("child", { code: supply.child(), parent }));
    const halves = [scans.slice(0, 6), scans.slice(6)];
    const ways = [[scans], [scans], halves, scans.map((scan) => [scan])].slice(0, 2 + (time % 3));
    const send = async (calls) => (await Promise.all(calls.map((call) => post(server, ledger, call)))).flat();
    const [first, ...others] = await Promise.all(ways.map(send));
    for (const other of others) {
      scans.forEach((scan, at) => {
        if (other[at] !== first[at]) ledger.complain(`sent twice at once: ${first[at]} and ${other[at]}`);
      });
    }
    ledger.acknowledge(scans, first);
  }
}

/** Sends scans until they are answered; the server may be busy meanwhile. */
async function post(server, ledger, scans) {
  const body = JSON.stringify({ station: "recount", scans });
  for (let tries = 0; tries < 50; tries += 1) {
    const reply = await server.call("POST", "/api/v1/scans", body);
    if (reply.status === 200) {
      const texts = resultTexts(reply.text);
      if (texts.length === scans.length) return texts;
      ledger.complain(`${scans.length} scans got ${texts.length} results`);
      return [];
    }
    if (reply.status !== 503) {
      ledger.complain(`POST scans: HTTP ${reply.status}: ${reply.text.slice(0, 300)}`);
      return [];
    }
    await pause(100);
  }
  ledger.complain("the server stayed busy");
  return [];
}

async function inParallel(items, work) {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** A time with up to six decimals as a whole number of microseconds. */
function microseconds(text) {
  const [whole, decimals = ""] = text.replace("Z", "").split(".");
  return Date.parse(`${whole}Z`) * 1000 + Number(decimals.padEnd(6, "0"));
}
