// Running a scanner to its end or its time limit, with a log of its own.

import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { atEnd, logs } from "../site.mjs";

/** Runs a program; gives what it said, its exit code and whether its time was over. Scanners have a lower priority. */
export async function run(name, args, { log, seconds, env = {}, cwd }) {
  const path = join(logs, log);
  const file = openSync(path, "w");
  const options = {
    stdio: ["ignore", file, file], detached: true, cwd, env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: "1", COLUMNS: "160", ...env },
  };
  const child = spawn("nice", ["-n", "10", name, ...args], options);
  closeSync(file);
  let isOver = false;
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  atEnd(() => kill("SIGKILL"));
  const timer = setTimeout(() => {
    isOver = true;
    kill("SIGTERM");
    setTimeout(() => kill("SIGKILL"), 10_000).unref();
  }, seconds * 1000);
  const code = await new Promise((done) => {
    child.once("error", () => done(127));
    child.once("exit", (status) => done(status ?? 1));
  });
  clearTimeout(timer);
  return { code, isOver, text: readFileSync(path, "utf8") };
}

/** Where pip has put a scanner: wapiti has a folder of its own, since it wants other versions of what the others stand on. */
export function tool(name) {
  const folder = name === "wapiti" ? "requirements-wapiti" : "requirements";
  return join(process.env.TALLYHOUSE_SECURITY_TOOLS, folder, "bin", name);
}
