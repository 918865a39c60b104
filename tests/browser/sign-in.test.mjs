// Signing in as people do it: a second factor with an app that is not ours, the lock screen over a page and over a station.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { Wedge, beyondRefusals, floorShows, openFloor, openSite, openWindow, parentCode, until } from './support.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PHONE = { viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true }

const { site, browser, at } = await openSite('meera')

/** An authenticator app of its own: RFC 6238 from the address that the picture holds. */
function codeOf(secret, steps = 0) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const hash = createHmac('sha1', key).update(step).digest()
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

async function audit(page, where) {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document))
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${where}: ${id} at ${target}`))
  assert.deepEqual(found, [])
}

async function signIn(page, name) {
  await page.goto(at('/login'))
  await page.fill('[name=username]', name)
  await page.fill('[name=password]', site.password)
  await page.click('main button')
}

test('a person sets a second factor up on a phone, signs in with it and with a recovery code, each once', async () => {
  const { page, faults, close } = await openWindow(browser, PHONE)
  await signIn(page, 'farida')
  await page.waitForURL(at('/'))
  await page.goto(at('/profile/second-factor'))
  await audit(page, 'set-up')
  const secret = (await page.textContent('#secret')).replaceAll(' ', '')
  const address = new URL(await page.getAttribute('main a[href^="otpauth:"]', 'href'))
  assert.equal(address.searchParams.get('secret'), secret)
  assert.ok(await page.locator('#qr path').isVisible())
  await page.fill('#code-on', codeOf(secret))
  await page.fill('#password-on', site.password)
  await page.click('#turn-on button')
  const codes = await page.$$eval('#codes code', (nodes) => nodes.map((node) => node.textContent))
  assert.equal(new Set(codes).size, 10)
  await audit(page, 'recovery codes')

  const other = await openWindow(browser)
  await signIn(other.page, 'farida')
  await other.page.waitForURL(/second-factor/)
  await audit(other.page, 'second step')
  await other.page.fill('[name=code]', codeOf(secret))
  await other.page.click('main button')
  await other.page.waitForSelector('#fault')
  await other.page.fill('[name=code]', codes[0])
  await other.page.click('main button')
  await other.page.waitForURL(at('/'))
  assert.deepEqual(beyondRefusals(faults, 422), [])
  assert.deepEqual(beyondRefusals(other.faults, 422), [])
  await Promise.all([close(), other.close()])
})

test('a page that is locked keeps what was typed on it and goes on with the password', async () => {
  const { context, page, faults, close } = await openWindow(browser, { ...PHONE })
  await signIn(page, 'kiran')
  await page.waitForURL(at('/'))
  await page.goto(at('/profile/tokens'))
  await page.fill('[name=name]', 'scales')
  const csrf = await page.inputValue('form[action="/logout"] input[name=csrf]')
  await context.request.post(at('/api/session/lock'), { headers: { 'x-csrf-token': csrf } })
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await page.waitForSelector('dialog#locked[open]')
  await audit(page, 'locked')
  await page.keyboard.press('Escape')
  assert.ok(await page.isVisible('dialog#locked'))
  await page.fill('#locked input[type=password]', 'Wrong-Password-1')
  await page.click('#locked [data-resume] button')
  await page.waitForSelector('#locked [data-wrong]:not([hidden])')
  await page.fill('#locked input[type=password]', site.password)
  await page.click('#locked [data-resume] button')
  await page.waitForSelector('dialog#locked', { state: 'hidden' })
  assert.equal(await page.inputValue('[name=name]'), 'scales')
  // What the page asks for by itself is refused while it is locked.
  assert.deepEqual(beyondRefusals(faults, 401, 422), [])
  await close()
})

test('what is scanned while the screen is locked waits for its person and goes when they unlock it', async () => {
  const session = await site.anotherSession('ravi')
  const { page, close } = await openWindow(browser, { person: session })
  await openFloor(page, site.address)
  const wedge = await Wedge.plugIn(page)
  const [before, during] = [parentCode(401), parentCode(402)]
  await wedge.scan(before)
  await floorShows(page, { waiting: 0 })
  assert.equal((await session.send('POST', '/api/session/lock')).status, 204)
  await wedge.scan(during)
  await floorShows(page, { locked: true, waiting: 1 }, 20_000)
  await audit(page, 'a locked station')
  const meera = await site.person('meera')
  assert.equal(await meera.bag(during), null, 'nothing is sent behind the lock')
  await page.click('#sign-in')
  await page.waitForURL(/\/lock\?/)
  await audit(page, 'lock screen')
  await page.fill('[name=password]', site.password)
  await page.click('#resume button')
  await page.waitForURL(/\/station/)
  await floorShows(page, { ready: true, locked: false, waiting: 0, person: 'ravi' }, 20_000)
  const bag = await until('the scan arrives', () => meera.bag(during))
  assert.equal(bag.code, during)
  await close()
})

test('a form that was sent after the session had ended comes back after signing in', async () => {
  const { context, page, faults, close } = await openWindow(browser)
  await signIn(page, 'joseph')
  await page.waitForURL(at('/'))
  await page.goto(at('/profile/tokens'))
  await page.fill('[name=name]', 'scales')
  const csrf = await page.inputValue('form[action="/logout"] input[name=csrf]')
  await context.request.post(at('/logout'), { form: { csrf }, maxRedirects: 0 })
  await page.click('#new-token button')
  await page.waitForURL(/\/login\?/)
  await page.fill('[name=username]', 'joseph')
  await page.fill('[name=password]', site.password)
  await page.click('main button')
  await page.waitForURL(at('/profile/tokens#unsaved'))
  assert.equal(await page.inputValue('[name=name]'), 'scales')
  assert.match(await page.innerText('#unsaved'), /Nothing was saved yet/)
  assert.deepEqual(faults, [])
  await close()
})
