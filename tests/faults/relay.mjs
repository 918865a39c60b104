// What stands between two ends of a connection: a balancer before the nodes, and a relay whose target can be moved, cut,
// slowed, doubled or silenced.
//
// Invariant: neither reads what passes, apart from a relay that doubles: it sends the bytes of a call a second time by a
// connection of its own, and throws away what is answered to those.

import http from "node:http";
import net from "node:net";

const CHECK_EVERY_MS = 250;
const HOST = "127.0.0.1";

/** Spreads connections over the nodes that say they are ready, as a balancer in TCP mode does. */
export class Balancer {
  #server;
  #timer;
  #turn = 0;
  #open = new Set();

  /** `ports` are those of the nodes. */
  constructor(ports) {
    this.nodes = ports.map((port) => ({ port, isReady: true }));
  }

  async listen(port) {
    this.#server = net.createServer((client) => this.#connect(client, this.#order()));
    await listening(this.#server, port);
    this.port = this.#server.address().port;
    this.#timer = setInterval(() => this.nodes.forEach(look), CHECK_EVERY_MS);
    return this;
  }

  /** The nodes in the order in which they are tried: those that are ready first, each as often as the others. */
  #order() {
    const turned = this.nodes.map((_, at) => this.nodes[(at + this.#turn) % this.nodes.length]);
    this.#turn += 1;
    return [...turned.filter((node) => node.isReady), ...turned.filter((node) => !node.isReady)];
  }

  #connect(client, [first, ...others]) {
    client.on("error", () => client.destroy());
    if (!first) return client.destroy();
    const node = net.connect(first.port, HOST);
    node.once("connect", () => {
      join(client, node);
      this.#open.add(client);
      client.once("close", () => this.#open.delete(client));
    });
    node.once("error", () => {
      if (client.bytesRead === 0 || node.connecting) return this.#connect(client, others);
      return client.destroy();
    });
    return undefined;
  }

  close() {
    clearInterval(this.#timer);
    this.#open.forEach((client) => client.destroy());
    this.#server.close();
  }
}

/** Asks a node whether it is ready. */
function look(node) {
  const request = http.get({ host: HOST, port: node.port, path: "/ready", agent: false, timeout: 2000 }, (answer) => {
    answer.resume();
    node.isReady = answer.statusCode === 200;
  });
  request.on("timeout", () => request.destroy());
  request.on("error", () => { node.isReady = false; });
}

/** Passes connections on to `target`, a port of this machine that may be changed. */
export class Relay {
  #server;
  #pairs = new Set();
  /** What is done to connections: nothing, or `{ random, loss, delayMs, doubling }`, shares from 0 to 1. */
  trouble = null;
  /** Counted: connections cut before the call went on, after it was answered, delayed and doubled calls. */
  counts = { lostCalls: 0, lostAnswers: 0, delayed: 0, doubled: 0 };

  constructor(target) {
    this.target = target;
  }

  async listen(port) {
    this.#server = net.createServer((client) => this.#pass(client));
    await listening(this.#server, port);
    this.port = this.#server.address().port;
    return this;
  }

  /** Ends every connection as a broken line would. */
  cut() {
    for (const [one, other] of this.#pairs) {
      one.resetAndDestroy();
      other.resetAndDestroy();
    }
  }

  /** From now on nothing passes by the connections there are, and neither end is told. */
  silence() {
    for (const pair of this.#pairs) pair.isSilent = true;
  }

  close() {
    this.cut();
    this.#server.close();
  }

  #pass(client) {
    const target = net.connect(this.target, HOST);
    const pair = [client, target];
    this.#pairs.add(pair);
    const over = () => {
      this.#pairs.delete(pair);
      client.destroy();
      target.destroy();
    };
    for (const end of pair) {
      end.setNoDelay(true);
      end.on("error", over);
      end.on("close", over);
    }
    client.on("data", (bytes) => pair.isSilent || this.#sent(client, target, bytes));
    target.on("data", (bytes) => pair.isSilent || this.#answered(client, target, bytes));
    // A half-closed connection is closed: neither HTTP nor PostgreSQL needs one.
    client.on("end", () => target.end());
    target.on("end", () => client.end());
  }

  #sent(client, target, bytes) {
    const { trouble, counts } = this;
    if (trouble?.random.chance(trouble.loss / 2)) {
      counts.lostCalls += 1;
      client.resetAndDestroy();
      return target.destroy();
    }
    if (trouble?.random.chance(trouble.doubling)) {
      counts.doubled += 1;
      const twin = net.connect(this.target, HOST, () => twin.write(bytes));
      twin.on("error", () => twin.destroy());
      twin.on("data", () => twin.end());
    }
    return this.#later(client, () => target.write(bytes));
  }

  #answered(client, target, bytes) {
    const { trouble, counts } = this;
    if (trouble?.random.chance(trouble.loss / 2)) {
      counts.lostAnswers += 1;
      client.resetAndDestroy();
      return target.destroy();
    }
    return this.#later(target, () => client.write(bytes));
  }

  /** Writes at once, or after a delay during which nothing else is read from `source`, so that order is kept. */
  #later(source, write) {
    const { trouble, counts } = this;
    if (!trouble?.random.chance(0.2)) return write();
    counts.delayed += 1;
    source.pause();
    return setTimeout(() => {
      write();
      source.resume();
    }, trouble.random.between(1, trouble.delayMs));
  }
}

function listening(server, port) {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, HOST, done);
  });
}

function join(one, other) {
  for (const [from, to] of [[one, other], [other, one]]) {
    from.setNoDelay(true);
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.pipe(to);
  }
}
