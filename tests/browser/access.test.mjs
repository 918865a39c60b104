// The pages for everybody: nothing for axe to find, no sideways scrolling on a phone, targets for thumbs and gloves, no
// error in the console.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { Wedge, childCodes, floorShows, openFloor, openHouse, openWindow, parentCode, until } from './support.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const { house, browser, arjun, meera, at } = await openHouse('arjun', 'meera')

// Signing in and out.

const PARENT = parentCode(309)
const PAGES = [
  { path: '/login', signedOut: true },
  { path: '/' },
  { path: '/bags' },
  { path: '/bags?q=NOSUCHBAG' },
  { path: `/bags/${PARENT}` },
  { path: '/bags/EVERY01' },
  { path: '/lookup' },
  { path: '/lookup?q=SB9xyz' },
  { path: '/api/docs' },
  { path: '/bags/NOSUCHBAG', status: 404 },
  { path: '/station?station=dock-9', floor: true },
  { path: '/scan', floor: true },
]

async function audit(page, where) {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), TAGS)
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${where}: ${id} at ${target} ${any[0]?.message ?? ''}`))
  assert.deepEqual(found, [])
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on any page in ${colorScheme} colours, and no page has an error`, async (t) => {
    await arjun.scan([PARENT], ...childCodes('EVERY', 3).map((code) => [code, PARENT]), ['EVERY01', PARENT])
    for (const { path, signedOut, status, floor } of PAGES) {
      await t.test(path, async () => {
        const { page, faults, close } = await openWindow(browser, { person: signedOut ? null : meera, colorScheme, reducedMotion: 'reduce' })
        const answer = await page.goto(at(path))
        assert.equal(answer.status(), status ?? 200)
        if (floor) await floorShows(page, { ready: true })
        await audit(page, path)
        assert.deepEqual(faults.filter((fault) => !(status && fault.includes(`${status}`))), [])
        await close()
      })
    }
  })

  test(`axe finds nothing on the floor in ${colorScheme} colours while a scan is refused, waits, or nobody is signed in`, async () => {
    const session = await house.anotherSession('ravi')
    const { context, page, close } = await openWindow(browser, { person: session, colorScheme, reducedMotion: 'reduce' })
    await openFloor(page, house.address)
    const wedge = await Wedge.plugIn(page)
    const parent = parentCode(colorScheme === 'dark' ? 311 : 310)
    await wedge.scan([parent, `AX${colorScheme}1`.toUpperCase(), `AX${colorScheme}1`.toUpperCase()])
    await floorShows(page, { banner: 'refused', waiting: 0 })
    await audit(page, 'refused')
    await page.click('#attention')
    await audit(page, 'the list of what needs attention')
    await context.setOffline(true)
    await floorShows(page, { online: false })
    await wedge.scan(`AX${colorScheme}2`.toUpperCase())
    await floorShows(page, { banner: 'none', waiting: 1 })
    await audit(page, 'off line')
    await session.signOut()
    await context.setOffline(false)
    await floorShows(page, { signedOut: true }, 20_000)
    await audit(page, 'signed out')
    await close()
  })
}

test('no page scrolls sideways on a phone of 375 pixels, in either language', async (t) => {
  const deepak = await house.person('deepak')
  for (const language of ['en', 'hi']) {
    const options = { viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true, locale: language === 'hi' ? 'hi-IN' : 'en-GB' }
    const { context, page, faults, close } = await openWindow(browser, { person: deepak, ...options })
    await page.goto(at('/'))
    if ((await page.getAttribute('html', 'lang')) !== language) {
      await page.evaluate(() => document.querySelector('form[action="/locale"]').requestSubmit())
      await until(`the page is in ${language}`, async () => (await page.getAttribute('html', 'lang').catch(() => '')) === language)
    }
    await deepak.scan([parentCode(language === 'hi' ? 313 : 312)])
    for (const { path, signedOut, floor } of [...PAGES, { path: `/bags/${parentCode(language === 'hi' ? 313 : 312)}` }]) {
      await t.test(`${path} in ${language}`, async () => {
        if (signedOut) await context.clearCookies()
        await page.goto(at(path))
        if (floor) await floorShows(page, { ready: true })
        const { width, wide } = await page.evaluate(() => {
          const wide = [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > innerWidth + 1 && !node.closest('.scroll, .visually-hidden, .skip'))
          return { width: document.documentElement.scrollWidth, wide: wide.slice(0, 3).map((node) => node.outerHTML.slice(0, 100)) }
        })
        assert.ok(width <= 375, `${width} px wide: ${wide.join(' ')}`)
        if (signedOut) await context.addCookies(deepak.cookies)
      })
    }
    assert.deepEqual(faults.filter((fault) => !fault.includes('404')), [])
    await close()
  }
})

test('on a phone everything that is pressed is large enough for a thumb, and on the floor for a glove', async (t) => {
  const { page, close } = await openWindow(browser, { person: arjun, viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true })
  for (const { path, floor, signedOut } of PAGES.filter(({ path }) => path !== '/api/docs')) {
    if (signedOut) continue
    await t.test(path, async () => {
      await page.goto(at(path))
      if (floor) await floorShows(page, { ready: true })
      // Links in running text and in tables are no buttons.
      const small = await page.evaluate((least) => {
        /** How far a press counts for the node, from its middle: an invisible rim is part of it. */
        const reach = (node) => {
          node.scrollIntoView({ block: 'center', behavior: 'instant' })
          const { left, top, width, height } = node.getBoundingClientRect()
          const [x, y] = [left + width / 2, top + height / 2]
          const hits = (dx, dy) => node.contains(document.elementFromPoint(x + dx, y + dy))
          const along = (dx, dy) => {
            let far = 0
            while (far < least && hits(dx * (far + 1), dy * (far + 1))) far += 1
            return far
          }
          return [along(1, 0) + along(-1, 0) + 1, along(0, 1) + along(0, -1) + 1]
        }
        return [...document.querySelectorAll('button, nav a, a.button, input:not([type=hidden]), select, summary')]
          .filter((node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !node.closest('.visually-hidden, table'))
          .map((node) => ({ node, size: reach(node) }))
          .filter(({ size }) => Math.min(...size) < least - 1)
          .map(({ node, size }) => `${node.outerHTML.slice(0, 60)} ${size.join('×')}`)
      }, floor ? 60 : 44)
      assert.deepEqual(small, [])
    })
  }
  await close()
})
