// The site behind nginx, Caddy and Apache, with the lines of docs/running.md, and behind nginx with its defaults: the live
// feed arrives piece by piece, a large file gets through, and the site knows by which name it was asked.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { startSite, until } from './support.mjs'

const DOCS = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8')
const MODULES = '/usr/lib/apache2/modules'
const FIRST_BYTE_MS_MAX = 2_000
const QUIET_MS_MAX = 16_000
const LARGE_BYTES = 100 * 1024 * 1024

process.env.MAX_FILE_UPLOAD_SIZE = String(LARGE_BYTES)
const site = await startSite()
const person = await site.person('meera')
const ended = await site.anotherSession('meera')
const folder = mkdtempSync(join(tmpdir(), 'tallyhouse-proxies-'))
const children = []
after(async () => {
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))))
  await site.stop()
  rmSync(folder, { recursive: true })
})

/** The lines between the fences after these words, sent to this site. */
function linesAfter(words) {
  const block = DOCS.slice(DOCS.indexOf(words)).match(/```\w*\n([\s\S]*?)```/)[1]
  assert.ok(block.includes('127.0.0.1:8080'), words)
  return block.replaceAll('http://127.0.0.1:8080', site.address).replaceAll('127.0.0.1:8080', new URL(site.address).host)
}

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

const nginx = (server) => (port, here) => {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${here}/${name};`).join(' ')
  const http = `http { access_log off; ${temporary}\n${server.replace(/listen .*;/, `listen 127.0.0.1:${port};`)}\n}`
  return { command: 'nginx', args: (file) => ['-e', `${here}/error.log`, '-c', file], text: `daemon off; user root; pid ${here}/pid; events {}\n${http}\n` }
}

const PROXIES = {
  'nginx with its defaults': nginx(`server {\n listen 80;\n location / { proxy_pass ${site.address}; } }`),
  nginx: nginx(linesAfter('nginx:\n')),
  Caddy: (port) => ({
    command: 'caddy',
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
    text: `{\n  admin off\n  auto_https off\n}\n${linesAfter('Caddy, which').replace('bags.example', `http://127.0.0.1:${port}`)}`,
  }),
  Apache: (port, here) => {
    const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http'].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`)
    const host = linesAfter('Apache, with').replace('*:443', `127.0.0.1:${port}`).replace(/.*SSLEngine.*\n/, '')
    const own = [`ServerRoot ${here}`, `ServerName 127.0.0.1`, `Listen 127.0.0.1:${port}`, `PidFile ${here}/pid`, `ErrorLog ${here}/error.log`]
    return {
      command: 'apache2',
      args: (file) => ['-D', 'FOREGROUND', '-f', file],
      text: [...modules, 'User www-data', 'Group www-data', `Mutex file:${here}`, ...own, host].join('\n'),
    }
  },
}

/** Starts a proxy; gives its address and what it says meanwhile. */
async function start(name) {
  const [port, here] = [await freePort(), join(folder, name.replaceAll(' ', '-'))]
  mkdirSync(here, { mode: 0o755 })
  const { command, args, text } = PROXIES[name](port, here)
  const file = join(here, 'config')
  writeFileSync(file, text)
  let said = ''
  const child = spawn(command, args(file), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: here, XDG_DATA_HOME: here } })
  child.on('error', (error) => (said += error.message))
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = (said + chunk).slice(-2_000)))
  children.push(child)
  const address = `http://127.0.0.1:${port}`
  await until(`${name} is up`, () => fetch(`${address}/health`).then(({ ok }) => ok, () => false)).catch((error) => {
    throw new Error(`${error.message}\n${said}`)
  })
  return { address, said: () => said }
}

const cookie = { cookie: `tallyhouse=${person.token}` }

/** When each piece of the feed came, in milliseconds after the request. */
async function piecesOf(address, ms) {
  const end = new AbortController()
  setTimeout(() => end.abort(), ms)
  const [beganMs, came] = [Date.now(), []]
  try {
    const answer = await fetch(`${address}/api/v1/live`, { headers: cookie, signal: end.signal })
    assert.equal(answer.status, 200)
    for await (const piece of answer.body) if (piece.length > 0) came.push(Date.now() - beganMs)
  } catch (error) {
    if (error.name !== 'AbortError') throw error
  }
  return came
}

describe('the site behind', { concurrency: true }, () => {
  for (const name of Object.keys(PROXIES)) {
    test(name, async (t) => {
      const { address, said: proxySaid } = await start(name)
      const came = await piecesOf(address, 2 * QUIET_MS_MAX)
      assert.ok(came[0] < FIRST_BYTE_MS_MAX, `the first piece after ${came[0]} ms`)
      const pauses = [...came.slice(1), 2 * QUIET_MS_MAX].map((ms, at) => ms - came[at])
      t.diagnostic(`${name}: first piece after ${came[0]} ms, longest pause ${Math.max(...pauses)} ms`)
      assert.ok(Math.max(...pauses) < QUIET_MS_MAX, `quiet for ${Math.max(...pauses)} ms: ${came}`)
      if (name.endsWith('defaults')) return

      const headers = { ...cookie, 'x-csrf-token': person.csrf, 'content-type': 'text/csv' }
      const large = await fetch(`${address}/api/v1/imports?kind=bags&name=large.csv`, { method: 'POST', headers, body: new Uint8Array(LARGE_BYTES) })
      const text = await large.text()
      assert.match(large.headers.get('content-type'), /json/, `${large.status} ${text}\n${proxySaid()}`)
      const said = JSON.parse(text)
      assert.equal(typeof said.request_id, 'string', `the site itself answers: ${large.status} ${JSON.stringify(said)}`)
      // Two files are taken at a time; another one is told to come again, by the site.
      assert.notEqual(said.code, 'file_too_large')

      // The page of a form is known to be the site's own by the name that the site was asked by.
      const old = await fetch(`${address}/bills/new`, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...cookie, origin: address, referer: `${address}/bills/new` },
        body: new URLSearchParams({ csrf: ended.csrf, bill: 'NO-1', capacity: '1' }),
      })
      assert.equal(old.headers.get('location'), '/bills/new#unsaved')
    })
  }
})
