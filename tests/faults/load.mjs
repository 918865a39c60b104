// The load: people at stations, each filling parents of their own and now and then reaching for somebody else's child.
//
// Invariant: as a station does, a client sends its scans in order, keeps each until it is answered, and sends what was
// not answered again under the same id. It has at most one call under way.

import http from "node:http";

import { CONTESTED, resultTexts } from "./ledger.mjs";

const SCANS_PER_CALL_MAX = 20;
/** So many draws of the same contested child come one after another, mostly by different clients. */
const DRAWS_PER_CONTESTED = 6;
const KEPT_CHILDREN_MAX = 60;

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    chance: (share) => next() < share,
    /** A whole number from `low` to `high`, both included. */
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}

/** What all clients share: labels, ids and times that never come twice. */
export class Supply {
  #parents = 0;
  #children = 0;
  #draws = 0;
  #ids = 0;
  #at = 0;

  parent() {
    this.#parents += 1;
    const digits = String(this.#parents % 100_000).padStart(5, "0");
    return this.#parents < 100_000 ? `SB${digits}` : `M444-${digits}`;
  }

  child() {
    this.#children += 1;
    return `KID${String(this.#children).padStart(7, "0")}`;
  }

  /** A child that others are reaching for at the same time. */
  contested() {
    this.#draws += 1;
    return this.#contestedAt(Math.floor(this.#draws / DRAWS_PER_CONTESTED));
  }

  /** One of those that were reached for lately. */
  contestedBefore(back) {
    return this.#contestedAt(Math.max(0, Math.floor(this.#draws / DRAWS_PER_CONTESTED) - back));
  }

  #contestedAt(number) {
    return `${CONTESTED}${String(number).padStart(7, "0")}`;
  }

  /** A scan with an id (UUID version 7) and a time to the microsecond that are its own. */
  scan(action, facts) {
    this.#ids += 1;
    const now = Date.now();
    this.#at = Math.max(this.#at + 1, now * 1000);
    const time = now.toString(16).padStart(12, "0");
    const number = this.#ids.toString(16).padStart(12, "0");
    const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number}`;
    const whole = new Date(Math.floor(this.#at / 1000)).toISOString().slice(0, -1);
    const at = `${whole}${String(this.#at % 1000).padStart(3, "0")}Z`;
    return { id, at, action, ...facts };
  }
}

/** One station. */
export class Client {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  #children = [];
  #room = 0;
  #isClosing = false;
  #isRepeat = false;

  constructor(number, { random, supply, ledger }) {
    this.number = number;
    this.random = random;
    this.supply = supply;
    this.ledger = ledger;
    /** Scans without an answer, in order. */
    this.waiting = [];
    /** Its parents, newest first. */
    this.parents = [];
  }

  /**
   * Works until the round is over or, when it is only to finish, until nothing waits. `round` is
   * `{ server, isOver, isLast, isRough, isCut, busy, answered, refused }`; in a rough round the server may fail and be asked again,
   * in one that is cut the connections may end. `answered` is told who was answered and when the call began, `refused` waits
   * after an answer that is not 200.
   */
  async work(round) {
    while (!round.isOver) {
      if (this.waiting.length === 0) {
        if (round.isLast) return;
        this.#think();
      }
      await this.#send(round);
    }
  }

  async #send(round) {
    const count = this.#isRepeat ? this.random.between(1, this.waiting.length) : this.waiting.length;
    const scans = this.waiting.slice(0, count);
    const body = JSON.stringify({ station: `dock-${this.number}`, scans });
    this.#isRepeat = true;
    const sentAt = performance.now();
    let reply;
    try {
      reply = await round.server.call("POST", "/api/v1/scans", body, this.#agent);
    } catch (error) {
      if (!round.isOver && !round.isCut) {
        this.ledger.complain(`dock-${this.number}: ${error.message}, though nobody killed the server`);
      }
      if (!round.isOver) await pause(round.isCut ? 50 : 200);
      return;
    }
    if (reply.status === 200) {
      this.waiting.splice(0, count);
      this.#isRepeat = this.waiting.length > 0;
      this.ledger.acknowledge(scans, resultTexts(reply.text));
      round.answered?.(this, sentAt);
    } else {
      const mayCome = reply.status === 503 || (round.isRough && reply.status >= 500);
      if (!mayCome) this.ledger.complain(`dock-${this.number}: HTTP ${reply.status}: ${reply.text.slice(0, 300)}`);
      round.busy += 1;
      if (round.refused) await round.refused(reply);
      else await pause(100);
    }
  }

  #think() {
    const count = this.random.chance(0.5) ? 1 : this.random.between(2, SCANS_PER_CALL_MAX);
    for (let made = 0; made < count; made += 1) this.waiting.push(this.#next());
  }

  #next() {
    const { random, supply } = this;
    if (this.#room <= 0) return this.#nextParent();
    const parent = this.parents[0];
    const known = this.#children.length > 0 ? random.pick(this.#children) : null;
    const turn = random.between(1, 100);
    if (turn <= 8) return this.#link(supply.contested());
    if (turn <= 10) return supply.scan("unlink", { code: supply.contestedBefore(random.between(0, 3)) });
    if (turn <= 14) return supply.scan("undo", { parent });
    if (turn <= 15) return supply.scan("parent", { code: parent });
    if (known) {
      // Whether the child is there, elsewhere or free by now is the server's to say; all of it occurs.
      if (turn <= 20) return this.#link(known);
      if (turn <= 24) return supply.scan("unlink", { code: known });
      if (turn <= 26) return supply.scan("undo", { code: known });
      if (turn <= 30) return supply.scan("relink", { code: known, parent });
    }
    const child = supply.child();
    this.#children.push(child);
    if (this.#children.length > KEPT_CHILDREN_MAX) this.#children.shift();
    return this.#link(child);
  }

  #link(code) {
    this.#room -= 1;
    return this.supply.scan("child", { code, parent: this.parents[0] });
  }

  #nextParent() {
    const before = this.parents[0];
    if (before && !this.#isClosing && this.random.chance(0.1)) {
      this.#isClosing = true;
      return this.supply.scan("close", { code: before });
    }
    this.#isClosing = false;
    this.#room = this.random.between(24, 44);
    const code = this.supply.parent();
    this.parents.unshift(code);
    return this.supply.scan("parent", { code });
  }
}

export function pause(ms) {
  return new Promise((next) => setTimeout(next, ms));
}
