// The office of passes: a pass is sold, shown, saved, shared and read back; sold at the gate; brought in from a file; its keys
// change. Everything on a desk and on a phone, in both languages, and axe finds nothing.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { openSite, openWindow, until } from './support.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const DECODER = readFileSync(createRequire(import.meta.url).resolve('jsqr'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const PHONE = { viewport: { width: 375, height: 720 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const WALKS = [
  { words: 'on a desk in English', language: 'en' },
  { words: 'on a phone in Hindi', language: 'hi', ...PHONE },
]

const { at, browser, meera } = await openSite('meera')

async function audit(page, where) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), TAGS)
  assert.deepEqual(violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${where}: ${id} at ${target}`)), [])
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(wide <= 0, `${where} is ${wide} px too wide`)
}

/** What an independent decoder reads in a picture. It works in a window of its own, where no policy of ours holds. */
async function readIn(png) {
  const { page, close } = await openWindow(browser)
  await page.addScriptTag({ content: DECODER })
  const code = await page.evaluate(async (address) => {
    const image = await createImageBitmap(await (await fetch(address)).blob())
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    return globalThis.jsQR(data, image.width, image.height, { inversionAttempts: 'dontInvert' })?.data ?? null
  }, `data:image/png;base64,${Buffer.from(png).toString('base64')}`)
  await close()
  return code
}

/** The code as it is on the screen, with nothing before it. */
async function shownCode(page) {
  const code = page.locator('.pass-qr')
  await code.evaluate((node) => node.scrollIntoView({ block: 'center' }))
  return code.screenshot()
}

let guests = 0

/** Sells a pass by its form; the page shows it then. */
async function sell(page, name) {
  guests += 1
  await page.goto(at('/events/1/passes/new'))
  await page.fill('[name=name1]', name)
  await page.fill('[name=phone1]', String(7_000_000_000 + guests))
  await page.click('#pass-form .main')
  await page.waitForURL(/\/passes\/[0-9a-f-]{36}/)
  return new URL(page.url()).pathname
}

for (const { words, language, ...options } of WALKS) {
  test(`${words}, a pass is sold, shown, saved as a picture and on paper, and its guest sees it`, async () => {
    const { context, page, faults, close } = await openWindow(browser, { person: meera, locale: `${language}-IN`, acceptDownloads: true, ...options })
    await context.request.post(at('/locale'), { form: { csrf: meera.csrf, locale: language, next: '/' } })
    await page.goto(at('/events/1/passes/new'))
    await page.check('[name=pass_type][value=COUPLE]')
    assert.ok(await page.isVisible('b.of-couple'), 'the price follows the type')
    await audit(page, 'the form')
    const name = 'Zoë <b>O\'Brien</b> "\\ आशा 🎉'
    const path = await sell(page, name)
    // Without what was said a moment ago: on a phone it stands before the card.
    await page.goto(at(path))
    assert.equal(await page.textContent('h1'), name)
    assert.ok((await page.textContent('#pass-card')).includes(name), 'the card says the name as it was typed')
    await audit(page, 'the pass')
    const code = await page.getAttribute('#pass-card', 'data-code')
    assert.equal(await readIn(await shownCode(page)), code, 'what the card shows is read back')
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#save-png')])
    assert.match(saved.suggestedFilename(), /^diwali-night-pass-zo-.*\.png$/)
    assert.equal(await readIn(readFileSync(await saved.path())), code, 'the picture is read back')
    const [paper] = await Promise.all([page.waitForEvent('download'), page.click('#save-pdf')])
    assert.equal(readFileSync(await paper.path()).subarray(0, 4).toString(), '%PDF')
    const link = await page.getAttribute('#guest-link', 'href')
    const guest = await openWindow(browser, { locale: `${language}-IN`, colorScheme: 'dark', ...options })
    const answer = await guest.page.goto(at(new URL(link).pathname))
    assert.match(answer.headers()['x-robots-tag'], /noindex/)
    assert.ok((await guest.page.textContent('#pass-card')).includes(name))
    await audit(guest.page, 'the page of the guest')
    assert.equal(await readIn(await shownCode(guest.page)), code, 'and on a dark screen')
    await guest.close()
    assert.deepEqual(faults, [])
    for (const [where, address] of [['the list', '/events/1/passes'], ['the event', '/events/1'], ['the archive', '/events/1/archive'], ['the keys', '/pass-keys'], ['the pass', path], ['home', '/']]) {
      await page.goto(at(address))
      await audit(page, where)
    }
    await close()
  })

  test(`${words}, somebody buys at the gate and is in`, async () => {
    const { context, page, close } = await openWindow(browser, { person: meera, locale: `${language}-IN`, ...options })
    await context.request.post(at('/locale'), { form: { csrf: meera.csrf, locale: language, next: '/' } })
    guests += 1
    await page.goto(at('/events/1/gate/sell'))
    await page.fill('[name=gate]', 'north')
    await page.fill('[name=name1]', 'Priya')
    await page.fill('[name=phone1]', String(7_000_000_000 + guests))
    await page.click('#pass-form .main')
    await page.waitForSelector('#said')
    assert.equal(await page.inputValue('[name=gate]'), 'north', 'the gate stays for the next guest')
    await audit(page, 'after a sale at the gate')
    await close()
  })
}

test('a pass that is printed two centimetres wide is read back', async () => {
  const { page, close } = await openWindow(browser, { person: meera })
  await sell(page, 'Two Centimetres')
  const code = await page.getAttribute('#pass-card', 'data-code')
  const drawing = await page.locator('.pass-qr').evaluate((node) => node.outerHTML)
  await close()
  // Two centimetres are 75.6 px; a printer of 300 dots an inch makes 236 dots of them.
  const paper = await openWindow(browser, { deviceScaleFactor: 3.125, viewport: { width: 120, height: 120 } })
  await paper.page.setContent(`<body style="margin:20px;background:#fff"><div style="width:75.6px">${drawing.replace('<svg ', '<svg style="width:75.6px;height:75.6px" ')}</div>`)
  assert.equal(await readIn(await paper.page.screenshot()), code)
  await paper.close()
})

test("a pass is shared through the phone's own share sheet, with its picture", async () => {
  const { page, close } = await openWindow(browser, { person: meera, ...PHONE })
  await page.addInitScript(() => {
    navigator.canShare = ({ files }) => files.length === 1
    navigator.share = async ({ files, text }) => {
      globalThis.shared = { name: files[0].name, type: files[0].type, bytes: files[0].size, text }
    }
  })
  await sell(page, 'Shared Guest')
  await page.click('#share')
  const shared = await until('the pass is shared', () => page.evaluate(() => globalThis.shared ?? null))
  assert.deepEqual([shared.name, shared.type, shared.bytes > 5_000], ['diwali-night-pass-shared-guest.png', 'image/png', true])
  assert.match(shared.text, /Diwali Night/)
  assert.match(await page.getAttribute('#whatsapp', 'href'), /^https:\/\/wa\.me\/\?text=/)
  await close()
})

test('the figures of an event change while somebody looks at them', async () => {
  const looking = await openWindow(browser, { person: meera })
  await looking.page.goto(at('/events/1'))
  const total = () => looking.page.textContent('#total').then((text) => Number(text.replaceAll(',', '')))
  const before = await total()
  const selling = await openWindow(browser, { person: meera })
  await sell(selling.page, 'Live Guest')
  await until('one more', async () => ((await total()) > before ? true : null), 20_000)
  await Promise.all([looking.close(), selling.close()])
})

test('a list of guests becomes passes, and the same list again makes none', async () => {
  const { page, close } = await openWindow(browser, { person: meera })
  const buffer = Buffer.from('Name,Mobile,Partner,Partner Phone\r\nFile One,7100000001,,\r\nफ़ाइल दो,7100000002,Partner,7100000003\r\n')
  const bring = async () => {
    await page.goto(at('/imports/new'))
    await page.check('#import-form [name=kind][value=passes]')
    await page.setInputFiles('#import-form [name=file]', { name: 'guests.csv', mimeType: 'text/csv', buffer })
    await page.click('#import-form button')
    await page.waitForURL(/\/imports\/[^/?]+$/)
    await page.click('#columns-form button')
    await page.waitForSelector('#checked', { timeout: 30_000 })
    await page.click('#start-form button')
    await page.waitForSelector('form[action$="/rollback"]', { state: 'attached', timeout: 30_000 })
  }
  const found = async (query) => {
    await page.goto(at(`/events/1/passes?q=${encodeURIComponent(query)}`))
    return page.locator('table tbody tr').count()
  }
  await bring()
  assert.deepEqual([await found('file one'), await found('फ़ाइल दो')], [1, 1])
  await bring()
  assert.deepEqual([await found('file one'), await found('फ़ाइल दो')], [1, 1])
  await close()
})

test('a new key signs, and the one before ends with a reason', async () => {
  const { page, close } = await openWindow(browser, { person: meera })
  await page.goto(at('/pass-keys'))
  await page.click('#new-key button')
  await page.waitForSelector('#said')
  await audit(page, 'two keys')
  await page.fill('form[action="/pass-keys/1/revoke"] [name=reason]', 'A device was lost')
  await page.click('form[action="/pass-keys/1/revoke"] button')
  await page.waitForSelector('text=A device was lost')
  await audit(page, 'a key that has ended')
  await close()
})
