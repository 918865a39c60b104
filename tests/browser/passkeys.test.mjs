// What needs a site with a name, and one that sends mail: a customer's forgotten password, and
// passkeys with an authenticator that the browser plays: registered, renamed and removed on one's own page, a sign-in by
// one alone, and one after the password; for staff and for customers.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { beyondRefusals, openWindow, startBrowser, until } from './support.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PROGRAM = process.env.TALLYHOUSE_BIN
const PASSWORD = 'Mustard-Field-7'
const PHONE = { viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true }

const folder = mkdtempSync(join(tmpdir(), 'tallyhouse-passkeys-'))
const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})
const address = `http://localhost:${port}`

/** What a mail server of this test was given. */
const letters = []
const post = createServer((socket) => {
  let heard = ''
  let isLetter = false
  socket.setEncoding('utf8').on('error', () => {})
  socket.write('220 localhost\r\n')
  socket.on('data', (chunk) => {
    heard += chunk
    for (let end; (end = heard.indexOf(isLetter ? '\r\n.\r\n' : '\r\n')) >= 0; ) {
      const said = heard.slice(0, end)
      heard = heard.slice(end + (isLetter ? 5 : 2))
      if (isLetter) letters.push(said.replaceAll('=\r\n', '').replaceAll('=3D', '='))
      isLetter = !isLetter && said.toUpperCase() === 'DATA'
      if (said.toUpperCase() === 'QUIT') socket.end('221 bye\r\n')
      else socket.write(isLetter ? '354 go on\r\n' : '250 localhost\r\n')
    }
  })
})
await new Promise((resolve) => post.listen(0, '127.0.0.1', resolve))

const env = {
  ...process.env,
  DATABASE_URL: `sqlite:${join(folder, 'site.db')}`,
  SESSION_SECRET: 'the secret of a site of tests, long enough',
  ADMIN_PASSWORD: PASSWORD,
  TALLYHOUSE__SERVER__LISTEN: `127.0.0.1:${port}`,
  TALLYHOUSE__SERVER__PUBLIC_URL: address,
  TALLYHOUSE__SERVER__SECURE_COOKIES: 'false',
  TALLYHOUSE__MAIL__HOST: '127.0.0.1',
  TALLYHOUSE__MAIL__PORT: String(post.address().port),
  TALLYHOUSE__MAIL__TLS: 'none',
  TALLYHOUSE__MAIL__FROM: 'stock@example.com',
}

function run(...words) {
  const { status, stderr } = spawnSync(PROGRAM, words, { env, cwd: folder, input: PASSWORD, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}

run('user', 'add', 'farida', '--role', 'biller', '--password-stdin')
run('user', 'add', 'gupta@example.com', '--realm', 'customer', '--password-stdin')
run('user', 'add', 'lena@example.com', '--realm', 'customer', '--password-stdin')
const server = spawn(PROGRAM, ['serve'], { env, cwd: folder, stdio: 'ignore' })
const browser = await startBrowser()
after(async () => {
  await browser.close()
  server.kill('SIGKILL')
  post.close()
  rmSync(folder, { recursive: true, force: true })
})
await until('the site is up', () => fetch(`${address}/ready`).then((answer) => answer.ok, () => false), 30_000)

async function audit(page, where) {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document))
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${where}: ${id} at ${target}`))
  assert.deepEqual(found, [])
}

/** An authenticator in the device that asks for a finger, as laptops and phones have one. */
async function authenticator(page) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true }
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options })
  return {
    keys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    add: (credential) => cdp.send('WebAuthn.addCredential', { authenticatorId, credential }),
    clear: () => cdp.send('WebAuthn.clearCredentials', { authenticatorId }),
  }
}

const REALMS = [
  { who: 'farida', login: '/login', own: '/profile/passkeys', home: '/', out: '/logout', window: {} },
  { who: 'gupta@example.com', login: '/portal/login', own: '/portal/passkeys', home: '/inventory', out: '/portal/logout', window: PHONE },
]

for (const { who, login, own, home, window } of REALMS) {
  test(`${who} adds a passkey, signs in with it alone and after the password, and removes it`, async () => {
    const { page, context, faults, close } = await openWindow(browser, window)
    const device = await authenticator(page)
    const at = (path) => `${address}${path}`
    const signOut = () => (context ?? page.context()).clearCookies()
    const typePassword = async () => {
      await page.goto(at(login))
      await page.fill('[name=username]', who)
      await page.fill('[name=password]', PASSWORD)
      await page.click('main form:first-of-type button')
    }
    const withPasskey = () => page.click('#with-passkey button')

    await typePassword()
    await page.waitForURL(at(home))
    await page.goto(at(own))
    await audit(page, 'no passkey')
    await page.fill('#passkey-name', 'Laptop')
    await page.fill('#passkey-password', 'a wrong password')
    await page.click('#add-passkey button')
    await page.waitForSelector('#fault')
    assert.equal(await page.locator('#passkeys').count(), 0, 'one that nobody proved is not kept')
    await device.clear()

    await page.fill('#passkey-name', 'Laptop')
    await page.fill('#passkey-password', PASSWORD)
    await page.click('#add-passkey button')
    await page.waitForSelector('#codes')
    const codes = await page.$$eval('#codes code', (nodes) => nodes.map((node) => node.textContent))
    assert.equal(new Set(codes).size, 10, 'the first factor brings recovery codes')
    await audit(page, 'codes')
    const [key] = await device.keys()
    assert.ok(key.isResidentCredential && key.signCount > 0)

    await signOut()
    await page.goto(at(login))
    await audit(page, 'sign-in')
    await withPasskey()
    await page.waitForURL(at(home))

    await signOut()
    await typePassword()
    await page.waitForURL(/second-factor/)
    await audit(page, 'second step')
    await withPasskey()
    await page.waitForURL(at(home))

    await signOut()
    await typePassword()
    await page.waitForURL(/second-factor/)
    await page.fill('[name=code]', codes[0])
    await page.click('main form:first-of-type button')
    await page.waitForURL(at(home))

    // A device that asks for nothing, a key that was copied, and a key of nobody.
    await signOut()
    await device.verifies(false)
    await page.goto(at(login))
    await withPasskey()
    await page.waitForSelector('[data-passkey-fault]:visible')
    await device.verifies(true)
    const [now] = await device.keys()
    await device.clear()
    await device.add({ ...now, signCount: 0 })
    await page.goto(at(login))
    await withPasskey()
    await page.waitForSelector('#fault')
    assert.match(await page.textContent('#fault'), /copy/)
    await device.clear()
    await device.add(now)

    await page.goto(at(login))
    await withPasskey()
    await page.waitForURL(at(home))
    if (login === '/login') {
      await page.goto(at('/profile/sessions'))
      await page.click('#lock-now')
      await page.waitForURL(/lock/)
      await audit(page, 'lock screen')
      await withPasskey()
      await page.waitForURL((url) => !url.pathname.startsWith('/lock'))
    }
    await page.goto(at(own))
    await audit(page, 'a passkey')
    await page.click('#passkeys summary')
    await page.fill('#passkeys [name=name]', 'Old laptop')
    await page.click('#passkeys form[action$=rename] button')
    await page.waitForURL(/said=renamed/)
    assert.match(await page.textContent('#passkeys'), /Old laptop/)
    await page.click('#passkeys summary')
    await page.fill('#passkeys [name=password]', PASSWORD)
    await page.click('#passkeys form[action$=remove] button')
    await page.waitForURL(/said=removed/)

    await signOut()
    await page.goto(at(login))
    await withPasskey()
    await page.waitForSelector('#fault')
    await typePassword()
    await page.waitForURL(at(home))
    // A feed that is open when its session goes is told so.
    const others = beyondRefusals(faults, 422).filter((fault) => !/ 401 .*\/api\/v1\/live/.test(fault))
    assert.deepEqual(others, [])
    await close()
  })
}

test('a customer who forgot their password sets another one by the link of a mail, and comes in with it', async () => {
  const { page, faults, close } = await openWindow(browser, PHONE)
  const password = 'Coriander-Hill-9'
  const at = (path) => `${address}${path}`
  await page.goto(at('/portal/login'))
  await page.click('#forgot')
  await page.waitForURL(at('/portal/forgot'))
  await audit(page, 'a forgotten password')
  await page.fill('[name=email]', ' Lena@example.com')
  await page.click('#forgot-form button')
  await page.waitForSelector('#done')
  await audit(page, 'a mail is on its way')
  const link = await until('the mail', () => letters.map((one) => /\/portal\/reset\/\w+/.exec(one)?.[0]).find(Boolean), 30_000)
  await page.goto(at(link))
  await audit(page, 'a new password')
  await page.fill('[name=new_password]', password)
  await page.fill('[name=again]', 'another')
  await page.click('#reset-form button')
  await page.waitForSelector('.fault:visible, .faults:visible')
  await page.fill('[name=new_password]', password)
  await page.fill('[name=again]', password)
  await page.click('#reset-form button')
  await page.waitForSelector('#done')
  await page.click('main a[href="/portal/login"]')
  await page.fill('[name=username]', 'lena@example.com')
  await page.fill('[name=password]', password)
  await page.click('main form:first-of-type button')
  await page.waitForURL(at('/inventory'))
  await page.goto(at(link))
  await page.waitForSelector('#gone')
  assert.deepEqual(beyondRefusals(faults, 422, 410), [])
  await close()
})
