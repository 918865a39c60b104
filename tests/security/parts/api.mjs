// The API as its description says: schemathesis with the rights of each role, and every call by nobody and by a customer.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ask, bearer, signIn } from "../client.mjs";
import { logs, Node, root } from "../site.mjs";
import { relay } from "../watch.mjs";
import { run, tool } from "./tool.mjs";

export const limit_s = 1800;
const ROLES = ["admin", "biller", "dispatcher", "organiser", "steward", "service"];
const SEED = "20261130";
const EXAMPLES_MAX = "20";
const PER_ROLE_S = 240;
/** `POST /api/v1/imports` takes a file, which a description of JSON cannot tell; the feed has no end. */
const LEFT_OUT = ["/api/v1/live"];

const SIGNS = { "&#10;": "\n", "&quot;": '"', "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const plain = (text) => text.replace(/&(?:#10|quot|lt|gt|amp);/g, (sign) => SIGNS[sign]);

/** What a report in JUnit's form complains of: the operation, and each failure in one line. */
function complaints(report) {
  const found = [];
  for (const [, name, inside] of report.matchAll(/<testcase name="([^"]*)"[^>]*(?<!\/)>([\s\S]*?)<\/testcase>/g)) {
    for (const [, message, more] of inside.matchAll(/<(?:failure|error)[^>]*message="([^"]*)"[^>]*>([^<]*)/g)) {
      const text = plain(`${message}\n${more}`);
      const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
      const status = lines.find((line) => /^\[\d{3}\]/.test(line)) ?? "";
      const answer = (lines.find((line) => line.startsWith("`")) ?? "").slice(0, 200);
      const titles = lines.filter((line) => line.startsWith("- "));
      for (const title of titles.length ? titles : lines.slice(0, 1)) {
        found.push(`${name}: ${title.replace(/^- /, "")}: ${status} ${answer}`);
      }
    }
  }
  return found;
}

async function asRole(site, role) {
  const node = await new Node(site, `api-${role}`).start();
  const front = await relay(node.port, `an answer of the API to the ${role}`);
  const base = `http://127.0.0.1:${front.port}`;
  const report = join(logs, `api-${role}.xml`);
  const args = ["--config-file", join(root, "tests/security/schemathesis.toml"), "run", `${base}/api/openapi.json`,
    "--url", base, "-H", `Authorization: Bearer ${site.tokens[role]}`, "--checks", "all",
    "--exclude-checks", "use_after_free,ensure_resource_availability", "--phases", "examples,coverage,fuzzing",
    "--max-examples", EXAMPLES_MAX, "--seed", SEED, "--generation-deterministic", "--workers", "1", "--no-shrink",
    "--continue-on-failure", "--request-timeout", "20", "--report", "junit", "--report-junit-path", report,
    ...LEFT_OUT.flatMap((path) => ["--exclude-path", path])];
  const done = await run(tool("schemathesis"), args, { log: `api-${role}.log`, seconds: PER_ROLE_S, cwd: site.folder });
  const findings = [];
  if (done.isOver) findings.push(`schemathesis as ${role} was not done in ${PER_ROLE_S} s`);
  if (done.code > 1 && !done.isOver) findings.push(`schemathesis as ${role} ended with ${done.code}: see api-${role}.log`);
  const text = readReport(report);
  if (!text) findings.push(`schemathesis as ${role} wrote no report`);
  findings.push(...complaints(text).map((line) => `${role}: ${line}`), ...node.complaints());
  const still = await ask(node.port, { path: "/api/v1/me", headers: bearer(site.tokens[role]) });
  if (still.status !== 200) findings.push(`${role}: the token opened nothing any more at the end: ${still.status}`);
  front.close();
  findings.push(...await node.stop());
  const cases = Number(done.text.match(/(\d[\d,]*) generated/)?.[1].replaceAll(",", "") ?? 0);
  if (cases === 0) findings.push(`schemathesis as ${role} sent nothing`);
  return { cases, findings };
}

function readReport(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const filled = (path) => path.replace(/\{[^}]+\}/g, "1");

/** Every call but the public ones, by somebody who is not signed in and by a customer: refused, with a problem. */
async function fromOutside(site) {
  const node = await new Node(site, "api-outside").start();
  const description = JSON.parse((await ask(node.port, { path: "/api/openapi.json" })).text);
  const customer = await signIn(node.port, site.customers[0], site.password, "/portal/login");
  const asStaff = customer.cookie.replaceAll("__Host-tallyhouse-customer=", "__Host-tallyhouse=");
  const callers = {
    nobody: {}, "a wrong token": bearer("tally_0123456789abcdef0123456789abcdef"),
    "a customer": { cookie: customer.cookie, "x-csrf-token": customer.csrf },
    "a customer under the cookie of staff": { cookie: asStaff, "x-csrf-token": customer.csrf },
  };
  const findings = [];
  let cases = 0;
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!operation.responses || operation["x-permission"] === "public") continue;
      for (const [who, headers] of Object.entries(callers)) {
        const isChange = method !== "get";
        const sent = isChange ? { ...headers, "content-type": "application/json" } : headers;
        const body = isChange ? "{}" : undefined;
        const answer = await ask(node.port, { method: method.toUpperCase(), path: filled(path), headers: sent, body });
        cases += 1;
        const isProblem = (answer.headers["content-type"] ?? "").startsWith("application/problem+json");
        if (![401, 403].includes(answer.status) || !isProblem) {
          findings.push(`${method.toUpperCase()} ${path} answers ${answer.status} (${answer.headers["content-type"]}) to ${who}`);
        }
      }
    }
  }
  findings.push(...node.complaints(), ...await node.stop());
  return { cases, findings };
}

export async function attack(site) {
  const all = [await fromOutside(site)];
  const each = {};
  for (const role of ROLES) {
    const done = await asRole(site, role);
    each[role] = done.cases;
    all.push(done);
  }
  return {
    cases: all.reduce((sum, one) => sum + one.cases, 0),
    findings: all.flatMap((one) => one.findings),
    told: Object.entries(each).map(([role, cases]) => `${role} ${cases}`).join(", "),
  };
}
