// The other load beside that of stations: guests at gates, and bills of the office. Each client works alone on passes and
// bills of its own, so that every answer is known beforehand; what is asked for twice must be answered as before.
//
// Invariant: as at a station, a call is sent again under the same id until it is answered.

import http from "node:http";

import { pause } from "./load.mjs";

const BILL_CAPACITY = 12;
const PASSES_PER_GATE = 4;
/** What is kept of answered calls to be asked again. */
const KEPT_MAX = 400;
/** The codes of parents on bills begin here; those of stations stay below. */
const FIRST_PARENT = 80_000;

/** The form cookie and the proof of a page with a form. */
function formOf(reply) {
  const cookie = (reply.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; ");
  return { cookie, csrf: reply.text.match(/name="csrf" value="([^"]+)"/)?.[1] };
}

/** Somebody at the office, signed in as a browser is. */
export class Office {
  constructor(server) {
    this.server = server;
    this.cookie = "";
  }

  async #call(method, path, fields) {
    const { port } = this.server.site;
    const body = fields && new URLSearchParams(fields).toString();
    const headers = { cookie: this.cookie };
    if (body !== undefined) {
      headers["content-type"] = "application/x-www-form-urlencoded";
      headers["content-length"] = Buffer.byteLength(body);
    }
    return new Promise((answer, fail) => {
      const request = http.request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
        let text = "";
        response.on("data", (part) => { text += part; });
        response.on("end", () => answer({ status: response.statusCode, headers: response.headers, text }));
      });
      request.on("error", fail);
      request.end(body);
    });
  }

  async signIn(username, password) {
    const asked = formOf(await this.#call("GET", "/login"));
    this.cookie = asked.cookie;
    const reply = await this.#call("POST", "/login", { username, password, csrf: asked.csrf, next: "/" });
    if (reply.status !== 303) throw new Error(`${username} was not signed in: HTTP ${reply.status}`);
    this.cookie = formOf(reply).cookie;
    this.csrf = JSON.parse((await this.#call("GET", "/api/v1/me")).text).csrf;
    return this;
  }

  /** Sends a form; gives where it led. */
  async #send(path, fields) {
    const reply = await this.#call("POST", path, { csrf: this.csrf, ...fields });
    if (reply.status !== 303) throw new Error(`POST ${path}: HTTP ${reply.status}: ${reply.text.slice(0, 300)}`);
    return reply.headers.location.split("?")[0];
  }

  /** An event whose gate is open, where people may leave and come back; gives its number. */
  async event() {
    const fields = { name: "Faults", price_single: "1", price_couple: "2", early_minutes: "180", slots: "7 PM", re_entry: "1" };
    const path = await this.#send("/events/new", fields);
    await this.#send(`${path}/state`, { state: "open" });
    return Number(path.split("/").pop());
  }

  /** Sells a pass for one; gives its id. */
  async sell(event, number) {
    const phone = String(9_000_000_000 + number);
    const fields = { name1: `Guest ${number}`, phone1: phone, pass_type: "SINGLE", payment_mode: "CASH", timing: "7 PM" };
    return (await this.#send(`/events/${event}/passes/new`, fields)).split("/").pop();
  }
}

/** One who sends a call until it is answered, and keeps what was answered. */
class Caller {
  agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  waiting = null;
  kept = [];
  answered = 0;
  /** True once no call of the same id may be under way by this one. */
  isRepeat = false;

  constructor(number, { random, supply, ledger }) {
    Object.assign(this, { number, random, supply, ledger });
  }

  /** Works until the round is over or, in a last one, until nothing waits. */
  async work(round) {
    while (!round.isOver) {
      if (!this.waiting && round.isLast) return;
      this.waiting ??= this.next();
      await this.#send(round);
    }
  }

  async #send(round) {
    const call = this.waiting;
    const sentAt = performance.now();
    let reply;
    try {
      reply = await send(round.server, call, this.agent);
    } catch (error) {
      if (!round.isOver && !round.isCut) this.ledger.complain(`${call.path}: ${error.message}, though nobody killed the server`);
      if (!round.isOver) await pause(50);
      return;
    }
    if (reply.status === 503 || (round.isRough && reply.status >= 500)) {
      round.busy += 1;
      await pause(100);
      return;
    }
    this.waiting = null;
    this.answered += 1;
    round.answered?.(this, sentAt);
    const told = call.told(reply);
    if (told !== call.expected) {
      const asked = `${call.path} ${call.body ?? ""}`;
      this.ledger.complain(`${asked} became ${told}, not ${call.expected}: ${reply.text.slice(0, 300)}`);
    }
    this.take(call);
    this.kept.push({ call, text: essence(reply.text) });
    if (this.kept.length > KEPT_MAX) this.kept.splice(Math.floor(this.random.between(0, KEPT_MAX - 1)), 1);
  }

  /** Asks again for what was answered; it must be the same. */
  async repeat(server, count) {
    for (const { call, text } of this.kept.slice(-count)) {
      const reply = await send(server, call, this.agent);
      if (essence(reply.text) !== text) this.ledger.complain(`the answer changed from ${text} to ${reply.text}`);
    }
  }
}

/** An answer without names, which are joined anew for each caller, and without the number of its request. */
function essence(text) {
  const read = JSON.parse(text);
  for (const answer of read.results ?? []) delete answer.guest;
  delete read.request_id;
  return JSON.stringify(read);
}

function send(server, call, agent) {
  return server.call(call.method, call.path, call.body, agent, call.headers);
}

/** A gate: lets guests in and out, now and then one who is in already. */
export class Gate extends Caller {
  constructor(number, parts, { event, passes }) {
    super(number, parts);
    this.event = event;
    /** Pass → whether its guest is inside. */
    this.inside = new Map(passes.map((pass) => [pass, false]));
  }

  next() {
    const pass = this.random.pick([...this.inside.keys()]);
    const isIn = this.inside.get(pass);
    const asked = this.random.chance(0.15) ? isIn : !isIn;
    const { id, at } = this.supply.scan("", {});
    const scan = { id, at, action: asked ? "admit" : "leave", pass };
    const word = { true: { true: "already_admitted", false: "left" }, false: { true: "admitted", false: "not_inside" } };
    return {
      method: "POST",
      path: "/api/v1/gate/scans",
      body: JSON.stringify({ gate: `gate-${this.number}`, event: this.event, scans: [scan] }),
      expected: word[isIn][asked],
      told: (reply) => (reply.status === 200 ? JSON.parse(reply.text).results[0].outcome : `HTTP ${reply.status}`),
      pass,
      becomes: asked,
    };
  }

  take({ pass, becomes }) {
    this.inside.set(pass, becomes);
  }
}

/** Compares what the gates have answered with what the site counts; `inFlight` gates may differ by one. */
export async function compareGates(server, ledger, gates) {
  if (gates.length === 0) return;
  const { event } = gates[0];
  const info = JSON.parse((await server.call("GET", `/api/v1/gate/events/${event}`)).text);
  const shown = JSON.parse((await server.call("GET", `/api/v1/gate/events/${event}/passes`)).text);
  const byId = new Map(shown.passes.map((pass) => [pass.id, pass]));
  let [expected, unsure] = [0, 0];
  for (const gate of gates) {
    for (const [pass, isIn] of gate.inside) {
      const isUnsure = gate.waiting?.pass === pass;
      expected += Number(isIn);
      unsure += Number(isUnsure);
      if (isUnsure || byId.get(pass)?.inside === Number(isIn)) continue;
      ledger.complain(`pass ${pass} lost its last entry: ${JSON.stringify(byId.get(pass))}, answered ${isIn}`);
    }
  }
  if (Math.abs(info.inside - expected) > unsure) ledger.complain(`${info.inside} are counted inside, ${expected} were let in`);
}

/** A biller: makes bills, puts parents on them, takes some off, and finishes them. */
export class Biller extends Caller {
  /** Bill → the parents on it. */
  bills = new Map();
  #bill = null;
  #made = 0;

  constructor(number, parts, codes) {
    super(number, parts);
    this.codes = codes;
  }

  next() {
    const { id } = this.supply.scan("", {});
    const on = this.#bill && this.bills.get(this.#bill);
    if (!on || on.size >= BILL_CAPACITY) {
      const bill = `F${this.number}-${String((this.#made += 1)).padStart(5, "0")}`;
      const body = JSON.stringify({ id, bill, capacity: BILL_CAPACITY });
      const does = () => {
        this.bills.set(bill, new Set());
        this.#bill = bill;
      };
      return this.#change("POST", "/api/v1/bills", { body, expected: "bill_created", bill, does });
    }
    const bill = this.#bill;
    const headers = { "x-scan-id": id };
    if (on.size > 2 && this.random.chance(0.15)) {
      const code = this.random.pick([...on]);
      const parts = { headers, expected: "bill_unlinked", bill, does: () => on.delete(code) };
      return this.#change("DELETE", `/api/v1/bills/${bill}/parents/${code}`, parts);
    }
    const code = this.codes();
    const parts = { headers, expected: "bill_linked", bill, does: () => on.add(code) };
    return this.#change("POST", `/api/v1/bills/${bill}/parents/${code}`, parts);
  }

  #change(method, path, parts) {
    const told = (reply) => JSON.parse(reply.text).outcome ?? JSON.parse(reply.text).code;
    return { method, path, told, ...parts };
  }

  take({ does }) {
    does();
  }
}

/** Codes of parents that nobody else uses. */
export function codesOfParents() {
  let last = FIRST_PARENT;
  return () => {
    last += 1;
    return last < 100_000 ? `SB${last}` : `M444-${String(last - 50_000).padStart(5, "0")}`;
  };
}

/** Compares the newest bills of each biller with what the site shows. */
export async function compareBills(server, ledger, billers, newest = 3) {
  for (const biller of billers) {
    for (const [bill, parents] of [...biller.bills].slice(-newest)) {
      if (biller.waiting?.bill === bill) continue;
      const reply = await server.call("GET", `/api/v1/bills/${bill}?limit=100`);
      if (reply.status !== 200) {
        ledger.complain(`${bill} is gone: HTTP ${reply.status}`);
        continue;
      }
      const shown = new Set(JSON.parse(reply.text).parent_bags.map((parent) => parent.code));
      const missing = [...parents].filter((code) => !shown.has(code));
      const extra = [...shown].filter((code) => !parents.has(code));
      if (missing.length > 0) ledger.complain(`${bill} lost ${missing.join(" ")}`);
      if (extra.length > 0) ledger.complain(`${bill} holds ${extra.join(" ")}, which no answer says`);
    }
  }
}

/** Gates with passes of their own, sold by somebody at the office. */
export async function openGates(count, parts, server, { username, password }) {
  const office = await new Office(server).signIn(username, password);
  const event = await office.event();
  const gates = [];
  for (let number = 1; number <= count; number += 1) {
    const passes = [];
    for (let sold = 0; sold < PASSES_PER_GATE; sold += 1) passes.push(await office.sell(event, number * 100 + sold));
    gates.push(new Gate(number, parts(number), { event, passes }));
  }
  return gates;
}
