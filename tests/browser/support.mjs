// What the browser tests share: a demo site of their own, a browser, people who are signed in, a keyboard-wedge scanner
// and a look at the truth through the API.
//
// Invariant: a test never reads the truth from the page that it tests; what the server holds is asked of the server.
import { execFile, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { Wedge } from './scanner.mjs'

export { sleep }
export * from './scanner.mjs'

const PROGRAM = process.env.TALLYHOUSE_BIN || fileURLToPath(new URL('../../target/quick/tallyhouse', import.meta.url))
const CHROMIUM = process.env.TALLYHOUSE_CHROMIUM || '/usr/bin/chromium'
const START_MS_MAX = 60_000
const STOP_MS_MAX = 10_000
const LOOK_EVERY_MS = 20

// The site.

/** A port below those that the system gives to outgoing connections, so that none of them takes it meanwhile. */
async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const server = createServer()
    const isFree = await new Promise((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (isFree) return port
  }
}

/** Reads what `tallyhouse demo` prints: an address line, "name password role area" lines, and "email password" of customers. */
function readAnnouncement(text) {
  const address = text.match(/^\s*(http:\/\/\S+?)\/?\s*$/m)?.[1]
  const people = [...text.matchAll(/^(\w+) +(Demo-\S+) +(\w+)(?: +(.+))?$/gm)]
  return {
    address,
    people: people.map(([, name, password, role, area]) => ({ name, password, role: role.toLowerCase(), area: area ?? '' })),
    customers: [...text.matchAll(/^(\S+@\S+) +Demo-\S+ /gm)].map(([, email]) => email),
  }
}

/** Starts a demo of its own; `database` is a postgres:// address of an empty database. */
export async function startSite({ database } = {}) {
  const listen = `127.0.0.1:${await freePort()}`
  const named = database ? ['--database', database] : []
  const child = spawn(PROGRAM, [...named, 'demo', '--listen', listen], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let complained = ''
  let ended = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (complained = (complained + chunk).slice(-4000)))
  child.on('error', (error) => (ended = error.message))
  child.on('exit', (code, signal) => (ended ||= `it ended with ${code ?? signal}`))
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)

  const startedMs = Date.now()
  const isUp = async () => {
    if (ended) throw new Error(`${PROGRAM} demo did not start: ${ended}\n${complained}`)
    const { address, people } = readAnnouncement(said)
    if (!address || !people.some(({ role }) => role === 'dispatcher')) return false
    return fetch(`${address}/ready`).then((answer) => answer.ok, () => false)
  }
  while (!(await isUp())) {
    if (Date.now() - startedMs > START_MS_MAX) throw new Error(`the demo is not up after ${START_MS_MAX} ms\n${said}\n${complained}`)
    await sleep(LOOK_EVERY_MS)
  }
  const { address, people, customers } = readAnnouncement(said)
  const { password } = people[0]
  const signedIn = new Map()

  return {
    address,
    password,
    people,
    customers,
    /** A person who is signed in; the same one each time. */
    async person(name) {
      if (!signedIn.has(name)) signedIn.set(name, Person.signIn(address, name, password))
      return signedIn.get(name)
    },
    /** The same person in a session of its own, to be ended by a test. */
    anotherSession: (name) => Person.signIn(address, name, password),
    async stop() {
      process.removeListener('exit', kill)
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const timer = setTimeout(kill, STOP_MS_MAX)
      await gone
      clearTimeout(timer)
    },
  }
}

/** An empty database in the server of TALLYHOUSE_TEST_POSTGRES, or null when it names none. */
export async function emptyPostgres() {
  const server = process.env.TALLYHOUSE_TEST_POSTGRES
  if (!server) return null
  const name = `browser_${randomBytes(6).toString('hex')}`
  const psql = (sql) => promisify(execFile)('psql', ['--no-psqlrc', '--quiet', '--dbname', server, '--command', sql])
  await psql(`create database ${name}`)
  const address = new URL(server)
  address.pathname = `/${name}`
  return { address: address.href, drop: () => psql(`drop database ${name} with (force)`) }
}

// People.

function cookiesOf(response) {
  return response.headers.getSetCookie().map((line) => line.split(';', 1)[0].split(/=(.*)/s, 2))
}

/** Somebody who is signed in by HTTP alone, with no browser. */
export class Person {
  static async signIn(address, name, password) {
    const page = await fetch(`${address}/login`)
    const proof = cookiesOf(page).map((pair) => pair.join('=')).join('; ')
    const csrf = (await page.text()).match(/name="csrf" value="([^"]+)"/)[1]
    const answer = await fetch(`${address}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: proof },
      body: new URLSearchParams({ username: name, password, csrf, next: '/' }),
    })
    const cookie = cookiesOf(answer).find(([key, value]) => key === 'tallyhouse' && value)
    if (!cookie) throw new Error(`${name} could not sign in: ${answer.status}`)
    const person = new Person()
    Object.assign(person, { address, name, token: cookie[1] })
    person.csrf = (await person.get('/api/v1/me')).csrf
    return person
  }

  get cookies() {
    return [{ name: 'tallyhouse', value: this.token, url: this.address, httpOnly: true, sameSite: 'Lax' }]
  }

  async get(path) {
    const answer = await fetch(this.address + path, { headers: { cookie: `tallyhouse=${this.token}` } })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }

  /** A bag with its children and history; null when there is none. */
  async bag(code) {
    return this.get(`/api/v1/bags/${encodeURIComponent(code)}`).catch((error) => {
      if (error.message.includes(': 404 ')) return null
      throw error
    })
  }

  /** The codes in a parent, sorted. */
  async childrenOf(parent) {
    const bag = await this.bag(parent)
    return (bag?.children ?? []).map(({ code }) => code).sort()
  }

  /** A bill as the API tells it; null when there is none. */
  async bill(number) {
    return this.get(`/api/v1/bills/${encodeURIComponent(number)}`).catch((error) => {
      if (error.message.includes(': 404 ')) return null
      throw error
    })
  }

  /** The codes of all parents on a bill, sorted. */
  async parentsOn(number) {
    const codes = []
    for (let cursor = ''; ; ) {
      const page = await this.get(`/api/v1/bills/${encodeURIComponent(number)}${cursor && `?cursor=${encodeURIComponent(cursor)}`}`)
      codes.push(...page.parent_bags.map(({ code }) => code))
      if (!page.next) return codes.sort()
      cursor = String(page.next)
    }
  }

  /** A change by the API; gives its status and its body. */
  async send(method, path, body) {
    const answer = await fetch(this.address + path, {
      method,
      headers: { cookie: `tallyhouse=${this.token}`, 'content-type': 'application/json', 'x-csrf-token': this.csrf },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
  }

  /** A new bill with these parents on it; one that nobody has seen is registered. */
  async makeBill(number, capacity, parents = []) {
    const { status, body } = await this.send('POST', '/api/v1/bills', { bill: number, capacity })
    if (status !== 201) throw new Error(`bill ${number}: ${status} ${JSON.stringify(body)}`)
    for (const code of parents) await this.putOn(number, code)
  }

  async putOn(number, code) {
    const { status, body } = await this.send('POST', `/api/v1/bills/${encodeURIComponent(number)}/parents/${code}`, {})
    if (status !== 200) throw new Error(`${code} on ${number}: ${status} ${JSON.stringify(body)}`)
  }

  /** Scans by the API: `['SB90001']` is a parent, `['KID1', 'SB90001']` a child for it. */
  async scan(...scans) {
    const at = new Date().toISOString()
    const body = scans.map(([code, parent, action = parent ? 'child' : 'parent']) => ({ id: uuid(), at, action, code, parent }))
    const answer = await fetch(`${this.address}/api/v1/scans`, {
      method: 'POST',
      headers: { cookie: `tallyhouse=${this.token}`, 'content-type': 'application/json', 'x-csrf-token': this.csrf },
      body: JSON.stringify({ station: 'api', scans: body }),
    })
    if (!answer.ok) throw new Error(`scans: ${answer.status} ${await answer.text()}`)
    return (await answer.json()).results
  }

  /** Ends this session on the server, as a click on "Sign out" in another window would. */
  async signOut() {
    await fetch(`${this.address}/logout`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `tallyhouse=${this.token}` },
      body: new URLSearchParams({ csrf: this.csrf }),
    })
  }
}

function uuid() {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = 0x70 | (bytes[6] & 0x0f)
  bytes[8] = 0x80 | (bytes[8] & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

// The browser.

export function startBrowser(...more) {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}

/** Writes down each tone that a page plays: its frequency and how long it sounds. */
function listenToTones() {
  globalThis.tones = []
  const { start, stop } = OscillatorNode.prototype
  OscillatorNode.prototype.start = function (at) {
    this.startsAt = at ?? 0
    return start.call(this, at)
  }
  OscillatorNode.prototype.stop = function (at) {
    globalThis.tones.push({ hertz: this.frequency.value, seconds: Math.round((at - this.startsAt) * 1000) / 1000 })
    return stop.call(this, at)
  }
}

/**
 * A window of its own, with nothing kept. `faults` gathers everything that must never happen on a page of ours: errors,
 * refused content, modal boxes.
 */
export async function openWindow(browser, { person, ...options } = {}) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Kolkata', ...options })
  if (person) await context.addCookies(person.cookies)
  await context.addInitScript(listenToTones)
  const faults = []
  context.on('weberror', (error) => faults.push(`error: ${error.error().message}`))
  context.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()} ${message.location().url}`))
  context.on('dialog', (dialog) => {
    faults.push(`a modal box: ${dialog.message()}`)
    void dialog.dismiss()
  })
  const page = await context.newPage()
  return { context, page, faults, close: () => context.close() }
}

/**
 * All that a file of tests begins with: one site and one browser for the whole file, the people that are named, and the
 * ways into a page. What was opened here is closed after the file's last test.
 */
export async function openSite(...names) {
  const site = await startSite()
  const browser = await startBrowser()
  after(async () => {
    await browser.close()
    await site.stop()
  })
  const people = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await site.person(name)])))
  const at = (path) => site.address + path
  return {
    site,
    browser,
    at,
    ...people,
    /** A window on an office page. */
    async visit(person, path, options = {}) {
      const window = await openWindow(browser, { person, ...options })
      await window.page.goto(at(path))
      return window
    },
    /** A window on a station that is ready, with a scanner plugged in; the first person's unless another is given. */
    async atStation({ person = people[names[0]], path, at: elsewhere = site, ...options } = {}) {
      const window = await openWindow(browser, { person, ...options })
      await openFloor(window.page, elsewhere.address, path)
      return { ...window, wedge: await Wedge.plugIn(window.page) }
    },
  }
}

/** The faults that are no consequence of a network that was cut on purpose. */
export function beyondTheCut(faults) {
  return faults.filter((fault) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_NETWORK_CHANGED|ERR_CONNECTION/.test(fault))
}

/** The faults that are no consequence of refusals: a browser writes each answer of this kind into its console. */
export function beyondRefusals(faults, ...statuses) {
  return faults.filter((fault) => !statuses.some((status) => fault.includes(`status of ${status} `)))
}

/** Looks again and again until `look` gives something true; fails with what it gave last. */
export async function until(what, look, ms = 8_000) {
  const endMs = Date.now() + ms
  for (;;) {
    const seen = await look()
    if (seen) return seen
    if (Date.now() > endMs) throw new Error(`not within ${ms} ms: ${what}`)
    await sleep(LOOK_EVERY_MS)
  }
}

// The station.

export const facts = (page) => page.evaluate(() => ({ ...document.getElementById('station').dataset }))

/** Waits until the station's data attributes have these values. */
export async function floorShows(page, wanted, ms) {
  let seen = {}
  const fits = async () => {
    seen = await facts(page)
    return Object.entries(wanted).every(([name, value]) => seen[name] === String(value))
  }
  await until(JSON.stringify(wanted), fits, ms).catch((error) => {
    throw new Error(`${error.message}; the station shows ${JSON.stringify(seen)}`)
  })
}

export async function openFloor(page, address, path = '/station?station=dock-9') {
  await page.goto(address + path)
  await floorShows(page, { ready: true })
}

export const PARENT_TONE = { hertz: 500, seconds: 0.2 }
export const CHILD_TONE = { hertz: 800, seconds: 0.15 }
/** What was scanned before: neither good nor wrong. */
export const AGAIN_TONES = [
  { hertz: 650, seconds: 0.08 },
  { hertz: 650, seconds: 0.08 },
]
export const REFUSED_TONES = [
  { hertz: 600, seconds: 0.1 },
  { hertz: 400, seconds: 0.15 },
]

/** The tones since the last look. */
export const tones = (page) => page.evaluate(() => globalThis.tones.splice(0))

/** The list of the last scans as people read it, newest first. */
export const lastScans = (page) =>
  page.$$eval('#last li[data-id]', (items) =>
    items.map((item) => ({ code: item.querySelector('.code').textContent, state: item.dataset.state, text: item.textContent })),
  )
