// The secrets that a run knows, and every place where one of them was read that never may hold it.
//
// Invariant: a secret is never printed; a finding names it.

import net from "node:net";

/** Made up here, as a site's own would be. No character that a page or an address writes in another way. */
export const canaries = {
  session: "canary-session-4bd7c1f09e2a86d35",
  smtp: "canary-smtp-7e19f0c4a2d85b63",
  eod: "canary-eod-91c3e7a05f6b28d4",
  qr: "canary-qr-2f84d6b09a17c5e3",
  backup: "canary-backup-c60b3d95e1f7a284",
  directory: "canary-directory-58a2e9d70cb4f163",
  database: "canary-database-0d7a4c92f6e1b385",
  erp: "canary-erp-e27b60d914fa8c53",
  typed: "canary-typed-a9c05e73d1b8f642",
  chosen: "canary-chosen-3e8f1a6d90b7c254",
};

const NAMES = {
  session: "SESSION_SECRET", smtp: "the password of the mail server", eod: "the secret of the end-of-day report",
  qr: "the secret of passes", backup: "the passphrase of backups", directory: "the password of the directory's account",
  database: "the password of the database", erp: "the password of the ERP", typed: "a wrong password that somebody typed",
  chosen: "a password that somebody chose",
};

class Watch {
  #secrets = Object.entries(canaries).map(([key, text]) => ({ name: NAMES[key], bytes: Buffer.from(text) }));
  #seen = new Map();
  bytes = 0;

  constructor() {
    // Any password as the database keeps it, and what SMTP sends of one.
    this.#secrets.push({ name: "a password's hash", bytes: Buffer.from("$argon2") });
    const login = Buffer.from(`\0site\0${canaries.smtp}`).toString("base64");
    this.#secrets.push({ name: "a sign-in to the mail server", bytes: Buffer.from(login) });
  }

  get secrets() {
    return this.#secrets.length;
  }

  alsoFind(name, text) {
    if (text) this.#secrets.push({ name, bytes: Buffer.from(text) });
  }

  /** Notes which secrets stand in some bytes. */
  look(bytes, where) {
    const all = Buffer.from(bytes ?? "");
    this.bytes += all.length;
    for (const { name, bytes: secret } of this.#secrets) {
      if (all.includes(secret)) this.#seen.set(`${name} stands in ${where}`, true);
    }
  }

  /** How many bytes of a place are kept, so that a secret that is cut in two is found as well. */
  get overlap() {
    return Math.max(...this.#secrets.map(({ bytes }) => bytes.length));
  }

  findings() {
    return [...this.#seen.keys()];
  }
}

export const watch = new Watch();

/** A relay in front of a node that looks through whatever it answers; gives its port. */
export async function relay(port, where) {
  const server = net.createServer((client) => {
    const node = net.connect(port, "127.0.0.1");
    let tail = Buffer.alloc(0);
    node.on("data", (part) => {
      watch.look(Buffer.concat([tail, part]), where);
      tail = part.subarray(-watch.overlap);
    });
    client.pipe(node);
    node.pipe(client);
    for (const socket of [client, node]) socket.on("error", () => { client.destroy(); node.destroy(); });
    client.on("close", () => node.destroy());
    node.on("close", () => client.destroy());
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { port: server.address().port, close: () => server.close() };
}
