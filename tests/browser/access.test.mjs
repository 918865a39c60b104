// The pages for everybody: nothing for axe to find, no sideways scrolling on a phone, targets for thumbs and gloves, no
// error in the console.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { Wedge, childCodes, floorShows, openFloor, openSite, openWindow, parentCode } from './support.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const { site, browser, arjun, farida, meera, at, atStation } = await openSite('arjun', 'farida', 'meera')

const PARENT = parentCode(309)
await arjun.scan([PARENT], ...childCodes('EVERY', 3).map((code) => [code, PARENT]), ['EVERY01', PARENT])
const OTHER = parentCode(307)
await arjun.scan([OTHER])
await farida.makeBill('AX-OPEN', 2, [PARENT])
await farida.makeBill('AX-DONE', 1, [parentCode(308)])
await farida.send('POST', '/api/v1/bills/AX-DONE/complete')

await arjun.send('POST', '/api/v1/promotions', { reason: 'I look after the office on Sundays' })
const { accounts } = (await meera.send('GET', '/api/v1/accounts?q=lakshmi')).body
const LAKSHMI = `/admin/users/${accounts[0].id}`

const customers = await (await fetch(`${site.address}/admin/customers?q=ana`, { headers: { cookie: `tallyhouse=${meera.token}` } })).text()
const ANA = /\/admin\/customers\/\d+/.exec(customers)[0]

const PAGES = [
  { path: '/login', signedOut: true },
  { path: '/portal/login', signedOut: true },
  { path: '/portal/forgot', signedOut: true },
  { path: '/portal/reset/none', signedOut: true, status: 410 },
  { path: '/register', signedOut: true },
  { path: '/forgot', signedOut: true },
  { path: '/reset/none', signedOut: true, status: 410 },
  { path: '/admin/users' },
  { path: '/admin/users?role=dispatcher' },
  { path: '/admin/users?q=NOSUCHPERSON' },
  { path: '/admin/users/new' },
  { path: LAKSHMI },
  { path: `${LAKSHMI}/edit` },
  { path: `${LAKSHMI}/delete` },
  { path: '/admin/promotions' },
  { path: '/admin/panel' },
  { path: '/admin/customers' },
  { path: '/admin/customers?q=NOSUCHCUSTOMER' },
  { path: '/admin/customers/new' },
  { path: ANA },
  { path: `${ANA}/edit` },
  { path: '/admin/audit?view=customers' },
  { path: '/admin/analytics' },
  { path: '/admin/sessions?realm=customer' },
  { path: '/admin/mail' },
  { path: '/admin/jobs' },
  { path: '/system_health?tables=1' },
  { path: '/admin/alerts' },
  { path: '/pool_dashboard' },
  { path: '/admin/queries' },
  { path: '/admin/backups' },
  { path: '/admin/settings' },
  { path: '/admin/audit' },
  { path: '/admin/audit?view=everything' },
  { path: '/admin/audit?action=no_such_action' },
  { path: '/admin/audit/1' },
  { path: '/admin/audit/incidents' },
  { path: '/admin/audit/proof' },
  { path: '/profile' },
  { path: '/profile/password' },
  { path: '/profile/passkeys' },
  { path: '/promotion' },
  { path: '/notifications' },
  { path: '/' },
  { path: '/bags' },
  { path: '/bags?q=NOSUCHBAG' },
  { path: `/bags/${PARENT}` },
  { path: '/bags/EVERY01' },
  { path: `/bags/${PARENT}/children` },
  { path: '/bags/EVERY01/relink' },
  { path: '/help' },
  { path: '/help/biller' },
  { path: '/help?q=backup' },
  { path: '/help?q=nosuchwordanywhere' },
  { path: '/help/running' },
  { path: '/help/security' },
  { path: '/help/api' },
  { path: '/help/kit' },
  { path: `/bags/${OTHER}/bill?bill=NEW-BILL` },
  { path: `/bags/EVERY01/relink?to=${OTHER}` },
  { path: `/bags/${PARENT}/delete` },
  { path: '/bags/EVERY02/delete' },
  { path: `/bags?q=${PARENT}&type=parent` },
  { path: '/bags?type=parent', opened: true, picked: true },
  { path: '/scans' },
  { path: '/scans?result=refused' },
  { path: '/scans?q=NOSUCHSCAN' },
  { path: '/scans/1' },
  { path: '/exports' },
  { path: '/imports' },
  { path: '/imports/new' },
  { path: '/lookup' },
  { path: '/lookup?q=SB9xyz' },
  { path: '/bills' },
  { path: '/bills?q=NOSUCHBILL' },
  { path: '/bills?from=2026-11-21&to=2026-11-20', status: 422 },
  { path: '/bills/AX-OPEN', opened: true },
  { path: '/bills/AX-OPEN?children=1' },
  { path: '/bills/AX-DONE' },
  { path: '/bills/AX-OPEN/edit' },
  { path: `/bills/AX-OPEN/parents/${PARENT}` },
  { path: '/bills/new' },
  { path: '/bills/recalculate' },
  { path: '/bills/station', floor: true },
  { path: '/bills/station?bill=AX-OPEN', floor: true },
  { path: '/events' },
  { path: '/events/new' },
  { path: '/events/1' },
  { path: '/events/1/edit' },
  { path: '/events/1/passes' },
  { path: '/events/1/passes?q=NOSUCHGUEST' },
  { path: '/events/1/passes/new' },
  { path: '/events/1/gate', floor: true },
  { path: '/events/1/gate/plain' },
  { path: '/gate/conflicts' },
  { path: '/events/1/gate/sell' },
  { path: '/events/1/archive' },
  { path: '/pass-keys' },
  { path: '/reports' },
  { path: '/reports/bills' },
  { path: '/reports/bills?from=2024-01-01&to=2026-01-01', status: 422 },
  { path: '/reports/day' },
  { path: '/reports/scans' },
  { path: '/reports/areas' },
  { path: '/reports/people' },
  { path: '/reports/people/arjun' },
  { path: '/bills/AX-OPEN/report' },
  { path: '/api/docs' },
  { path: '/kit' },
  { path: '/profile/sessions' },
  { path: '/profile/second-factor' },
  { path: '/profile/tokens' },
  { path: `${ANA}/stock`, stock: true },
  { path: '/admin/stock' },
  { path: '/admin/sessions' },
  { path: '/admin/sessions?q=NOBODY' },
  { path: '/admin/second-factors' },
  { path: '/admin/devices' },
  { path: '/logout' },
  { path: '/bags/NOSUCHBAG', status: 404 },
  { path: '/station?station=dock-9', floor: true },
  { path: '/scan', floor: true },
]

const PHONE = { viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true }
// Every size with every language. `make access` looks at every page in each of these walks and in both colours, which takes
// a quarter of an hour; otherwise each page is looked at twice: on a desk and on a phone, once in each language, once in
// each colour, and neighbours in the list the other way round.
const IS_WHOLE = process.env.TALLYHOUSE_WHOLE === '1'
const WALKS = [
  { words: 'on a desk in English', language: 'en' },
  { words: 'on a desk in Hindi', language: 'hi' },
  { words: 'on a phone in English', language: 'en', ...PHONE },
  { words: 'on a phone in Hindi', language: 'hi', ...PHONE },
]
const COLOURS = ['light', 'dark']

/** The colours in which the page at a place in the list is looked at in a walk. */
function coloursOf(place, walk) {
  if (IS_WHOLE) return COLOURS
  const [isPhone, isHindi] = [walk >= 2, walk % 2 === 1]
  if ((place % 2 === 0) === (isPhone !== isHindi)) return []
  return [COLOURS[(Math.floor(place / 2) + Number(isPhone)) % 2]]
}

async function audit(page, where) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), TAGS)
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${where}: ${id} at ${target} ${any[0]?.message ?? ''}`))
  assert.deepEqual(found, [])
}

/** What reaches beyond the right edge, when the page is wider than its window. */
async function beyondTheEdge(page) {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return []
    const wide = [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > innerWidth + 1 && !node.closest('.scroll, .visually-hidden, .skip'))
    return [`${document.documentElement.scrollWidth} px`, ...wide.slice(0, 3).map((node) => node.outerHTML.slice(0, 100))]
  })
}

for (const [walk, { words, language, ...options }] of WALKS.entries()) {
  test(`${words}, axe finds nothing on the pages, none has an error and none scrolls sideways`, async (t) => {
    const { context, page, faults, close } = await openWindow(browser, { person: meera, reducedMotion: 'reduce', locale: `${language}-IN`, ...options })
    await context.request.post(at('/locale'), { form: { csrf: meera.csrf, locale: language, next: '/' } })
    for (const [place, { path, signedOut, status, floor, opened, picked, stock }] of PAGES.entries()) {
      const colours = coloursOf(place, walk)
      if (colours.length === 0) continue
      await t.test(path, async () => {
        if (signedOut) await context.clearCookies()
        const answer = await page.goto(at(path))
        assert.equal(answer.status(), status ?? 200)
        if (floor) await floorShows(page, { ready: true })
        if (stock) await page.waitForSelector('tr[data-place]')
        assert.equal(await page.getAttribute('html', 'lang'), language)
        if (picked) await page.check('[name=pick] >> nth=0')
        if (opened) await page.$$eval('details', (nodes) => nodes.forEach((node) => (node.open = true)))
        for (const colorScheme of colours) {
          await page.emulateMedia({ colorScheme })
          await audit(page, `${path}, ${colorScheme}`)
        }
        assert.deepEqual(await beyondTheEdge(page), [])
        assert.deepEqual(faults.splice(0).filter((fault) => !(status && fault.includes(`${status}`))), [])
        if (signedOut) await context.addCookies(meera.cookies)
      })
    }
    await close()
  })
}

for (const colorScheme of COLOURS) {
  test(`axe finds nothing at the station in ${colorScheme} colours while a scan is refused, waits, or nobody is signed in`, async () => {
    const session = await site.anotherSession('ravi')
    const { context, page, close } = await openWindow(browser, { person: session, colorScheme, reducedMotion: 'reduce' })
    await openFloor(page, site.address)
    const wedge = await Wedge.plugIn(page)
    const parent = parentCode(colorScheme === 'dark' ? 311 : 310)
    const [first, ofAnother] = [1, 9].map((n) => `AX${colorScheme}${n}`.toUpperCase())
    const other = parentCode(colorScheme === 'dark' ? 319 : 318)
    await arjun.scan([other], [ofAnother, other])
    await wedge.scan([parent, first, ofAnother])
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

for (const colorScheme of COLOURS) {
  test(`axe finds nothing at the bill station in ${colorScheme} colours, whatever happens there`, async () => {
    const number = `AX-${colorScheme}`.toUpperCase()
    const parent = parentCode(colorScheme === 'dark' ? 315 : 314)
    await arjun.scan([parent])
    await farida.makeBill(number, 1)
    const { page, wedge, close } = await atStation({ person: farida, path: `/bills/station?bill=${number}`, colorScheme, reducedMotion: 'reduce' })
    await floorShows(page, { bill: number })
    await wedge.scan(parentCode(316))
    await floorShows(page, { banner: 'refused', outcome: 'unknown_bag', waiting: 0 })
    await audit(page, 'a refusal with a way out')
    await wedge.scan(parent)
    await floorShows(page, { banner: 'none', count: 1, waiting: 0 })
    await audit(page, 'a short parent')
    await page.keyboard.press('Alt+c')
    await floorShows(page, { status: 'completed' })
    await audit(page, 'completed')
    await close()
  })
}

test('on a phone everything that is pressed is large enough for a thumb, and at the station for a glove', async (t) => {
  const { page, close } = await openWindow(browser, { person: meera, ...PHONE })
  for (const { path, floor, signedOut } of PAGES.filter(({ path }) => !/api.docs|recalculate|reports.(day|people)/.test(path))) {
    if (signedOut) continue
    await t.test(path, async () => {
      await page.goto(at(path))
      if (floor) await floorShows(page, { ready: true })
      // What is said for a moment lies over what is there for good.
      await page.evaluate(() => document.querySelector('.toast')?.remove())
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
          // A box is pressed by the label around it, too.
          .map((node) => node.closest('label.check') ?? node)
          .map((node) => ({ node, size: reach(node) }))
          .filter(({ size }) => Math.min(...size) < least - 1)
          .map(({ node, size }) => `${node.outerHTML.slice(0, 60)} ${size.join('×')}`)
      }, floor ? 60 : 44)
      assert.deepEqual(small, [])
    })
  }
  await close()
})
