// Asking a node: one request and its whole answer, and signing in by the form that people use.
//
// Invariant: every answer is looked through for the secrets that are known to us.

import http from "node:http";

import { watch } from "./watch.mjs";

const ANSWER_MS_MAX = 20_000;
/** A feed never ends; so much of an answer is read. */
const BYTES_MAX = 8 * 1024 * 1024;

/** One request; fails when no answer comes back. `local` is the address that it comes from. */
export function ask(port, { method = "GET", path, headers = {}, body, local, agent, forMs = ANSWER_MS_MAX }) {
  const sent = { ...headers };
  if (body !== undefined) sent["content-length"] = Buffer.byteLength(body);
  return new Promise((answer, fail) => {
    const options = { host: "127.0.0.1", port, method, path, headers: sent, localAddress: local, agent: agent ?? false };
    const request = http.request(options, (response) => {
      const parts = [];
      let bytes = 0;
      const done = () => {
        const text = Buffer.concat(parts);
        watch.look(text, `the answer to ${method} ${path.split("?")[0]}`);
        answer({ status: response.statusCode, headers: response.headers, text: text.toString() });
      };
      if (/text\/event-stream/.test(response.headers["content-type"] ?? "")) {
        done();
        request.destroy();
        return;
      }
      response.on("data", (part) => {
        bytes += part.length;
        parts.push(part);
        if (bytes > BYTES_MAX) request.destroy(new Error("the answer is too long"));
      });
      response.on("error", fail);
      response.on("aborted", () => fail(new Error("the answer was cut off")));
      response.on("end", done);
    });
    request.setTimeout(forMs, () => request.destroy(new Error(`no answer in ${forMs} ms`)));
    request.on("error", fail);
    request.end(body);
  });
}

export const bearer = (token) => ({ authorization: `Bearer ${token}` });
export const form = (fields) => new URLSearchParams(fields).toString();
export const FORM = { "content-type": "application/x-www-form-urlencoded" };
export const csrfOf = (page) => page.match(/name="csrf" value="([^"]+)"/)?.[1] ?? "";

function cookiesOf(answer) {
  return (answer.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]);
}

/** The cookies that an answer sets, as they are sent back. */
export const cookieOf = (answer) => cookiesOf(answer).join("; ");

/** Sends a form. */
export function submit(port, path, fields, headers = {}) {
  return ask(port, { method: "POST", path, headers: { ...FORM, ...headers }, body: form(fields) });
}

/** Sends JSON, or a text in its place. */
export function post(port, path, value, headers = {}) {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return ask(port, { method: "POST", path, headers: { "content-type": "application/json", ...headers }, body });
}

/** Signs in at a door and gives the cookies and the proof that forms of that session carry. */
export async function signIn(port, name, password, door = "/login") {
  const page = await ask(port, { path: door });
  const before = cookieOf(page);
  const body = form({ csrf: csrfOf(page.text), username: name, password, hp_email: "", next: "" });
  const answer = await ask(port, { method: "POST", path: door, headers: { ...FORM, cookie: before }, body });
  const cookie = cookiesOf(answer).filter((pair) => !pair.endsWith("=")).join("; ");
  if (answer.status !== 303 || !cookie) throw new Error(`${name} did not get in: ${answer.status}`);
  const home = await ask(port, { path: answer.headers.location, headers: { cookie } });
  const csrf = csrfOf(home.text) || (home.text.match(/name="csrf(?:-token)?" content="([^"]+)"/)?.[1] ?? "");
  return { cookie, csrf, home: answer.headers.location };
}
