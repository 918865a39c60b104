// Secrets that are known to us, looked for in everything that a site says: its log with every detail, its pages, its answers
// to wrong settings, its commands. What all parts before this one were answered has been looked through as well.

import { ask, bearer, cookieOf, csrfOf, post, signIn, submit } from "../client.mjs";
import { wholeText } from "../mailbox.mjs";
import { command, freePort, Node, pause, ROLES } from "../site.mjs";
import { canaries, watch } from "../watch.mjs";

export const limit_s = 240;

/** Pages and calls that tell of settings, mails, tokens and keys. */
const LOOKED_AT = [
  "/admin/audit", "/admin/mail", "/admin/settings", "/admin/sessions", "/profile/tokens", "/pass-keys", "/metrics",
  "/api/v1/settings", "/api/v1/mails", "/api/v1/tokens",
];

const directory = (port) => `
[directory]
servers = ["ldap://127.0.0.1:${port}"]
tls = "none"
domain = "house.example"
base_dn = "DC=house,DC=example"
service_account = "svc-tallyhouse"
groups = ["admin = CN=Admins,DC=house,DC=example"]
[backup]
folder = "backups"
every_hours = 24
`;

const OUTSIDE = { BACKUP_PASSPHRASE: canaries.backup, TALLYHOUSE__DIRECTORY__SERVICE_PASSWORD: canaries.directory };

/** Whatever is wrong in the settings is told without its value. */
async function wrongSettings(site) {
  const port = await freePort();
  const wrong = [
    { SESSION_SECRET: canaries.typed.slice(0, 14) },
    { SESSION_SECRET_PREVIOUS: canaries.typed, SESSION_SECRET: "" },
    { ADMIN_PASSWORD_HASH: canaries.typed },
    { ADMIN_PASSWORD: canaries.typed, ADMIN_PASSWORD_HASH: canaries.typed },
    { EOD_SECRET_KEY: canaries.typed.slice(0, 14) },
    { QR_SECRET: canaries.typed.slice(0, 14) },
    { TALLYHOUSE__BACKUP__PASSPHRASE: canaries.typed.slice(0, 11) },
    { TALLYHOUSE__MAIL__PASWORD: canaries.typed },
    { SENDGRID_API_KEY: canaries.typed },
    { ERP_DB_SERVER: "erp.example", ERP_DB_PASSWORD: canaries.typed },
    { TALLYHOUSE__ERP__URL: `mysql://erp:${canaries.erp}@127.0.0.1:${port}/erp` },
    { AD_SERVER: "dc1.example", AD_SERVICE_PASSWORD: canaries.typed },
    { DATABASE_URL: `mysql://site:${canaries.database}@127.0.0.1:${port}/site` },
    { SESSION_SECRET_FILE: "/nowhere/secret", SESSION_SECRET: canaries.typed },
    { TALLYHOUSE__SESSION__SECRET: canaries.typed, TALLYHOUSE__SESSION__SECRET_FILE: "/nowhere" },
  ];
  watch.alsoFind("a secret of a wrong setting", canaries.typed.slice(0, 11));
  let cases = 0;
  const findings = [];
  for (const more of wrong) {
    for (const args of [["config", "check", "--config", "demo.toml"], ["--config", "demo.toml", "doctor"]]) {
      const said = await command(site, args, { DATABASE_URL: "sqlite:nowhere.db", ...more });
      const what = Object.keys(more).join(" and ");
      if (said.status !== 1) findings.push(`\`tallyhouse ${args.join(" ")}\` ends with ${said.status} where ${what} is wrong`);
      cases += 1;
    }
  }
  // An ERP that is away is no fault of the settings.
  const erp = `postgres://erp:${canaries.erp}@127.0.0.1:${port}/erp`;
  await command(site, ["--config", "demo.toml", "doctor"], { DATABASE_URL: `sqlite:${site.template}`, TALLYHOUSE__ERP__URL: erp });
  // A database that is away: the address with its password is not in the refusal.
  const away = `postgres://site:${canaries.database}@127.0.0.1:${port}/site`;
  for (const url of [away, `${away}?sslmode=verify-full`]) {
    for (const name of ["doctor", "migrate"]) {
      const said = await command(site, ["--config", "demo.toml", "--database", url, name], { TALLYHOUSE__LOG__FILTER: "trace" });
      if (said.status !== 1) findings.push(`\`tallyhouse ${name}\` ends with ${said.status} without its database`);
      cases += 1;
    }
  }
  return { cases, findings };
}

/** People who type passwords where they belong and where they do not. */
async function people(node, site) {
  const send = (path, fields, headers) => submit(node.port, path, fields, headers);
  const outside = async (path, fields) => {
    const page = await ask(node.port, { path });
    const cookie = cookieOf(page);
    return send(path, { csrf: csrfOf(page.text), ...fields }, { cookie });
  };
  const findings = [];
  let cases = 0;
  for (const door of ["/login", "/portal/login"]) {
    for (const username of ["meera", "nobody", site.customers[0], "alice@house.example"]) {
      await outside(door, { username, password: canaries.typed, hp_email: "", next: "/" });
      cases += 1;
    }
  }
  await outside("/register", { username: "newcomer", email: "new@house.example", new_password: canaries.typed, again: canaries.typed });
  const admin = await signIn(node.port, ROLES.biller, site.password);
  const own = { cookie: admin.cookie };
  const page = await ask(node.port, { path: "/profile/password", headers: own });
  const csrf = csrfOf(page.text);
  const chosen = { csrf, new_password: canaries.chosen, again: canaries.chosen };
  await send("/profile/password", { ...chosen, current_password: canaries.typed }, own);
  const proved = { ...own, "x-csrf-token": csrf };
  const changes = "/api/v1/profile/password";
  await post(node.port, changes, { current_password: canaries.typed, new_password: canaries.chosen }, proved);
  await post(node.port, changes, `{"current_password":"${canaries.typed}","new_password":`, proved);
  await send("/profile/second-factor/on", { csrf, password: canaries.typed, code: "000000" }, own);
  await post(node.port, "/api/session/resume", { password: canaries.typed }, proved);
  await post(node.port, "/api/v1/password-strength", { password: canaries.typed });
  await post(node.port, "/api/bill_summary/schedule_eod", "", { ...bearer(canaries.typed), "x-eod-secret": canaries.typed });
  await ask(node.port, { path: `/api/v1/me?token=${canaries.typed}`, headers: bearer(canaries.typed) });
  // The last of them is right: from here on the password is the one that was chosen.
  const changed = await send("/profile/password", { ...chosen, current_password: site.password }, own);
  const again = await signIn(node.port, ROLES.biller, canaries.chosen).catch((error) => error);
  if (again instanceof Error) findings.push(`the password could not be changed: ${changed.status}, ${again.message}`);
  cases += 11;
  return { cases, findings };
}

/** A link for a new password opens something: it is in the mail, and neither in the log nor in the trail. */
async function links(node, site) {
  const findings = [];
  const page = await ask(node.port, { path: "/forgot" });
  await submit(node.port, "/forgot", { csrf: csrfOf(page.text), email: "arjun@example.com" }, { cookie: cookieOf(page) });
  let token = "";
  for (let waited = 0; !token && waited < 60; waited += 1) {
    await pause(500);
    token = site.mailbox.mails.map((mail) => wholeText(mail).match(/\/reset\/([0-9A-Za-z_-]{20,})/)?.[1]).find(Boolean) ?? "";
  }
  if (!token) return { cases: 1, findings: ["no link for a new password came by mail"], token };
  const addresses = ["/reset/T", "/reset_password/T", "/reset/T/", "/reset/T?x=1", "/RESET/T", "/nowhere/T"];
  for (const address of addresses) await ask(node.port, { path: address.replace("T", token) });
  const opened = await ask(node.port, { path: `/reset/${token}` });
  const fields = { csrf: csrfOf(opened.text), new_password: "short", again: "short" };
  await submit(node.port, `/reset/${token}`, fields, { cookie: cookieOf(opened) });
  return { cases: 8, findings, token };
}

/** The address of a pass opens it for whoever knows it. */
async function passes(node, site) {
  const token = bearer(site.tokens.admin);
  const events = (await ask(node.port, { path: "/events", headers: token })).text;
  const event = events.match(/href="\/events\/(?!new")([^"/?]+)"/)?.[1];
  const list = event ? (await ask(node.port, { path: `/events/${event}/passes`, headers: token })).text : "";
  const pass = list.match(/href="\/passes\/([^"/?]+)"/)?.[1];
  const shown = pass ? (await ask(node.port, { path: `/passes/${pass}`, headers: token })).text : "";
  const mark = shown.replaceAll("%2F", "/").match(new RegExp(`/p/${pass}/([0-9A-Za-z_-]+)`))?.[1];
  if (!mark) return { cases: 1, findings: ["no address of a pass was found on its page"], mark: "" };
  for (const end of ["", "/pass.pdf", "/card.svg", "/nothing", "/nothing/at/all"]) {
    await ask(node.port, { path: `/p/${pass}/${mark}${end}`, headers: { "user-agent": "Mozilla/5.0" } });
  }
  return { cases: 5, findings: [], mark };
}

export async function attack(site) {
  const wrong = await wrongSettings(site);
  const node = new Node(site, "secrets", {
    more: directory(await freePort()), filter: "debug",
    secrets: OUTSIDE,
  });
  await node.start();
  const typed = await people(node, site);
  const sent = await links(node, site);
  site.mailbox.refuses = true;
  const shown = await passes(node, site);
  const all = [wrong, typed, sent, shown];
  const findings = all.flatMap((one) => one.findings);
  let cases = all.reduce((sum, one) => sum + one.cases, 0);
  for (const path of LOOKED_AT) {
    await ask(node.port, { path, headers: bearer(site.tokens.admin) });
    cases += 1;
  }
  await command(site, ["--database", `sqlite:${node.database}`, "--config", "secrets.toml", "doctor"], OUTSIDE);
  site.mailbox.refuses = false;
  findings.push(...await node.stop());
  const log = node.logText();
  if (sent.token && log.includes(sent.token)) findings.push("the log has the link for a new password");
  if (shown.mark && log.includes(shown.mark)) findings.push("the log has the address that opens a pass");
  const mib = (watch.bytes / 1024 / 1024).toFixed(1);
  return { cases, findings, told: `${watch.secrets} secrets looked for in ${mib} MiB of answers and logs` };
}
