// Runs every query of the board and every alert rule of packaging/monitoring in a real Prometheus that reads a real site.
//
//   node tests/monitoring/run.mjs        (the program: TALLYHOUSE_BIN; needs prometheus and promtool)
//
// Invariant: the last line is `N passed, N failed`; the exit code is 0 only when none has failed.

import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const SHIPPED = join(ROOT, "packaging/monitoring");
const PROGRAM = process.env.TALLYHOUSE_BIN ?? join(ROOT, "target/release/tallyhouse");
const TOKEN = `figures-${randomUUID()}`;
/** What there is no figure of where nothing fails, nobody looks at stock and no backups are made. */
const EMPTY_HERE = [/tallyhouse_backup/, /status="5xx"/, /outcome="failed"/, /tallyhouse_erp/];
const PATIENCE_MS = 90_000;

const folder = mkdtempSync(join(tmpdir(), "tallyhouse-monitoring-"));
const running = [];
let passed = 0;
let failed = 0;

function check(what, holds, told = "") {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? "ok    " : "FAILED"} ${what}${holds || !told ? "" : `\n       ${told}`}`);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(what, ask) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(500)) {
    const found = await ask().catch(() => undefined);
    if (found) return found;
  }
  throw new Error(`${what} did not come within ${PATIENCE_MS / 1000} s`);
}

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer().once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

function start(program, options) {
  const child = spawn(program, options, { cwd: folder, stdio: "ignore" });
  running.push(child);
  return child;
}

async function startSite() {
  const port = await freePort();
  const config = join(folder, "site.toml");
  const database = `sqlite:${join(folder, "site.db")}`;
  writeFileSync(config, `[metrics]\ntoken = "${TOKEN}"\n[log]\nfilter = "warn"\n`, { mode: 0o600 });
  const child = start(PROGRAM, ["demo", "--config", config, "--database", database, "--listen", `127.0.0.1:${port}`]);
  const address = `http://127.0.0.1:${port}`;
  await until("the site", async () => (await fetch(`${address}/ready`)).ok);
  const create = ["token", "create", "--user", "meera", "--name", "monitoring", "--config", config, "--database", database];
  const token = execFileSync(PROGRAM, create, { cwd: folder, encoding: "utf8" }).match(/tally_\w+/)[0];
  return { address, port, child, token };
}

/** Something of everything that is counted. */
async function work(site) {
  const send = (path, body) =>
    fetch(site.address + path, {
      method: "POST",
      headers: { authorization: `Bearer ${site.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const scan = (fields) => ({ id: randomUUID(), at: new Date().toISOString(), ...fields });
  const scans = [scan({ action: "parent", code: "SB91001" }), scan({ action: "child", code: "KIDMON1", parent: "SB91001" })];
  const answer = await send("/api/v1/scans", { scans });
  check("scans are answered", answer.ok, await answer.text());
  const bill = await send("/api/v1/bills", { bill: "MON-1" });
  check("a bill is made", bill.ok, await bill.text());
  const form = await fetch(`${site.address}/login`);
  const csrf = (await form.text()).match(/name="csrf" value="([^"]+)"/)[1];
  const cookie = form.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const refused = await fetch(`${site.address}/login`, {
    method: "POST",
    headers: { cookie, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ username: "nobody", password: "wrong", csrf }),
  });
  check("a wrong password is refused", refused.status === 422);
}

async function startPrometheus(site) {
  const port = await freePort();
  const secret = join(folder, "token");
  writeFileSync(secret, TOKEN, { mode: 0o600 });
  const config = readFileSync(join(SHIPPED, "prometheus.yml"), "utf8")
    .replace("alerts.yml\n", `${join(SHIPPED, "alerts.yml")}\n`)
    .replace("scheme: https", "scheme: http")
    .replace("/etc/prometheus/tallyhouse-token", secret)
    .replace("bags.example", `127.0.0.1:${site.port}`)
    .replaceAll("_interval: 15s", "_interval: 1s");
  const path = join(folder, "prometheus.yml");
  writeFileSync(path, config);
  execFileSync("promtool", ["check", "config", path], { stdio: "pipe" });
  start("prometheus", [
    `--config.file=${path}`,
    `--storage.tsdb.path=${join(folder, "figures")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=error",
  ]);
  const ask = async (expression) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const told = await answer.json();
    if (told.status !== "success") throw new Error(told.error);
    return told.data.result;
  };
  const rules = async () => (await (await fetch(`http://127.0.0.1:${port}/api/v1/rules`)).json()).data.groups;
  await until("a figure", async () => (await ask("tallyhouse_db_up")).length > 0);
  return { ask, rules };
}

/** The queries of the board, as a person who looks at all nodes has them asked. */
function queries() {
  const board = JSON.parse(readFileSync(join(SHIPPED, "grafana-board.json"), "utf8"));
  const targets = board.panels.flatMap((panel) => (panel.targets ?? []).map(({ expr }) => ({ title: panel.title, expr })));
  const filled = (expr) => expr.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*");
  return targets.map(({ title, expr }) => ({ title, expr: filled(expr) }));
}

async function run() {
  const site = await startSite();
  const prometheus = await startPrometheus(site);
  for (let round = 0; round < 3; round += 1) {
    if (round === 0) await work(site);
    else await fetch(`${site.address}/health`);
    await pause(2_000);
  }
  for (const { title, expr } of queries()) {
    const found = await prometheus.ask(expr).catch((error) => error);
    const told = found instanceof Error ? found.message : "no figure";
    const may = EMPTY_HERE.some((pattern) => pattern.test(expr));
    check(`board, ${title}`, !(found instanceof Error) && (may || found.length > 0), `${expr}: ${told}`);
  }
  const evaluated = await until("the rules", async () => {
    const rules = (await prometheus.rules()).flatMap((group) => group.rules);
    return rules.length > 0 && rules.every((rule) => rule.health !== "unknown") && rules;
  });
  for (const rule of evaluated) {
    check(`rule, ${rule.name}`, rule.health === "ok" && rule.state === "inactive", `${rule.state} ${rule.lastError ?? ""}`);
  }
  site.child.kill("SIGKILL");
  const fires = (alert) => prometheus.ask(`ALERTS{alertname="${alert}",alertstate="firing"}`);
  const fired = await until("an alert", async () => (await fires("TallyhouseDown")).length > 0).catch(() => false);
  check("a site that was killed is told of", fired);
}

try {
  await run();
} catch (error) {
  check("the run", false, error.stack);
} finally {
  for (const child of running) child.kill("SIGKILL");
  await pause(500);
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
