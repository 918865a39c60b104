// The pages of the office, each used as its user uses it, and what every page must hold: nothing for axe to find, no
// sideways scrolling on a phone, no error in the console.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { Wedge, childCodes, floorShows, openFloor, openWindow, parentCode, startBrowser, startHouse, until } from './support.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

let house, browser, arjun, meera
before(async () => {
  ;[house, browser] = await Promise.all([startHouse(), startBrowser()])
  ;[arjun, meera] = await Promise.all([house.person('arjun'), house.person('meera')])
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

const at = (path) => house.address + path

async function visit(person, path, options = {}) {
  const window = await openWindow(browser, { person, ...options })
  await window.page.goto(at(path))
  return window
}

async function signIn(page, name, password) {
  await page.fill('input[name=username]', name)
  await page.fill('input[name=password]', password)
  await page.press('input[name=password]', 'Enter')
  await page.waitForLoadState()
}

async function figure(page, name) {
  return Number((await page.innerText(`[data-stat=${name}]`)).replaceAll(',', ''))
}

// Signing in and out.

test('a wrong password is told, the name stays, and the right one leads to the page that was asked for', async () => {
  const { page, close } = await visit(null, '/bags?type=parent')
  assert.equal(new URL(page.url()).pathname, '/login')
  await signIn(page, 'arjun', 'not-this-one')
  assert.match(await page.innerText('[role=alert]'), /wrong/i)
  assert.equal(await page.inputValue('input[name=username]'), 'arjun')
  assert.equal(await page.inputValue('input[name=password]'), '')
  await signIn(page, 'arjun', house.password)
  assert.equal(page.url(), at('/bags?type=parent'))
  await close()
})

test('after five failures an account is locked, and who then has the right password is told so', async () => {
  const { page, close } = await visit(null, '/login')
  for (let n = 1; n <= 5; n += 1) {
    await signIn(page, 'joseph', `wrong-${n}`)
    assert.match(await page.innerText('[role=alert]'), /wrong.*five failures.*locked for 30 minutes/is)
  }
  await signIn(page, 'joseph', house.password)
  assert.match(await page.innerText('[role=alert]'), /locked.*An admin can unlock/s)
  await close()
})

test('signing out ends the session and nothing of it stays open', async () => {
  const session = await house.anotherSession('sunita')
  const { page, faults, close } = await visit(session, '/')
  await page.click('form[action="/logout"] button')
  await page.waitForURL('**/login')
  await page.goto(at('/bags'))
  assert.equal(page.url(), at('/login?next=/bags'))
  await page.goBack()
  assert.deepEqual(faults, [])
  await close()
})

// The home page.

test('a scan made elsewhere appears on the open home page by itself, and the figures follow', async () => {
  const { page, faults, close } = await visit(arjun, '/')
  await until('the feed is live', async () => (await page.innerText('#live')) === 'Live')
  const before = { parents: await figure(page, 'parents'), children: await figure(page, 'children'), scans: await figure(page, 'scans_today'), refused: await figure(page, 'scans_refused_today') }
  const parent = parentCode(301)
  await arjun.scan([parent], ['HOME01', parent], ['HOME02', parent], ['HOME02', parent])
  const madeMs = Date.now()
  await until('the scan is on the page', async () => (await page.innerText('#latest')).includes('HOME02'), 3_000)
  assert.ok(Date.now() - madeMs < 3_000)
  await until('the figures have moved', async () => (await figure(page, 'children')) === before.children + 2, 3_000)
  assert.equal(await figure(page, 'parents'), before.parents + 1)
  assert.equal(await figure(page, 'scans_today'), before.scans + 3)
  assert.equal(await figure(page, 'scans_refused_today'), before.refused + 1)
  assert.match(await page.innerText('#latest tr:first-child'), /HOME02.*Already scanned.*arjun/s)
  assert.ok((await page.locator('#hours-chart rect').count()) > 0)
  await page.click(`#latest a:has-text("${parent}")`)
  assert.equal(page.url(), at(`/bags/${parent}`))
  assert.deepEqual(faults, [])
  await close()
})

test('the home page says so when its feed is lost, and keeps the last figures', async () => {
  const { context, page, close } = await visit(arjun, '/', { serviceWorkers: 'block' })
  await until('the feed is live', async () => (await page.innerText('#live')) === 'Live')
  const parents = await figure(page, 'parents')
  await context.route('**/api/v1/live', (route) => route.abort())
  await context.setOffline(true)
  await page.evaluate(() => undefined)
  await context.setOffline(false)
  await page.reload()
  await until('the page says that it is late', async () => /late/i.test(await page.innerText('#live')))
  assert.equal(await figure(page, 'parents'), parents)
  await close()
})

test('a dispatcher sees the figures of the own area alone', async () => {
  const imran = await house.person('imran')
  const mine = await visit(imran, '/')
  const all = await visit(meera, '/')
  assert.ok((await figure(mine.page, 'parents')) < (await figure(all.page, 'parents')))
  assert.match(await mine.page.innerText('header'), new RegExp(house.people.find(({ name }) => name === 'imran').area, 'i'))
  await mine.close()
  await all.close()
})

// Bags.

test('the bag list filters by code, type and area, and pages through all without showing one twice', async () => {
  const { page, faults, close } = await visit(meera, '/bags')
  await page.fill('form.filters input[name=q]', 'sb000')
  await page.selectOption('form.filters select[name=type]', 'parent')
  await page.click('form.filters button')
  const seen = []
  for (let n = 0; n < 10; n += 1) {
    const codes = await page.$$eval('tbody tr td:first-child', (cells) => cells.map((cell) => cell.textContent.trim()))
    assert.ok(codes.every((code) => code.startsWith('SB000')), codes.join())
    seen.push(...codes)
    const next = page.locator('a[rel=next]')
    if ((await next.count()) === 0) break
    await next.click()
    assert.equal(await page.inputValue('form.filters input[name=q]'), 'sb000', 'the filter is lost on the next page')
  }
  assert.ok(seen.length > 60, `${seen.length} bags`)
  assert.equal(new Set(seen).size, seen.length)

  const area = await page.$eval('form.filters select[name=area] option:nth-child(2)', (option) => [option.value, option.textContent])
  await page.goto(at(`/bags?area=${area[0]}`))
  const areas = await page.$$eval('tbody tr td:nth-child(7)', (cells) => cells.map((cell) => cell.textContent.trim()))
  assert.ok(areas.length > 0 && areas.every((title) => title === area[1]), `${areas}`)

  await page.goto(at('/bags?q=NOSUCHBAG'))
  assert.match(await page.innerText('main'), /No bags here.*Scan/s)
  assert.deepEqual(faults, [])
  await close()
})

test('a parent is put right from its page: take out, undo, close, and each is said and stands in the history', async () => {
  const parent = parentCode(302)
  await arjun.scan([parent], ...childCodes('FIX', 4).map((code) => [code, parent]))
  const { page, faults, close } = await visit(arjun, `/bags/${parent}`)
  assert.match(await page.innerText('main'), new RegExp(`${parent}.*4 / 30`, 's'))
  await page.click('[aria-label="Take FIX02 out"]')
  assert.match(await page.innerText('#said'), /FIX02 was taken out of SB90302/)
  assert.deepEqual(await arjun.childrenOf(parent), ['FIX01', 'FIX03', 'FIX04'])
  await page.click('button:has-text("Undo the newest link")')
  assert.match(await page.innerText('#said'), /FIX04 was taken out/)
  await page.click('button:has-text("Close parent")')
  assert.match(await page.innerText('#said'), /closed with 2/)
  assert.ok((await arjun.bag(parent)).closed_at)
  const history = await page.innerText('section:has(h2:has-text("History"))')
  for (const word of ['Closed', 'Undone', 'Unlinked', 'Linked', 'New parent']) assert.match(history, new RegExp(word))
  assert.deepEqual(faults, [])
  await close()
})

test('a child is moved from its page, and a move that cannot be is refused in words', async () => {
  const [from, to] = [parentCode(303), parentCode(304)]
  await arjun.scan([from], ['SHIFT1', from], [to])
  const { page, faults, close } = await visit(arjun, '/bags/SHIFT1')
  await page.fill('input[name=other]', 'SB99999')
  await page.click('button:has-text("Move")')
  assert.match(await page.innerText('#said[role=alert]'), /SB99999/)
  assert.equal((await arjun.bag('SHIFT1')).parent, from)
  await page.fill('input[name=other]', to.toLowerCase())
  await page.click('button:has-text("Move")')
  assert.match(await page.innerText('#said'), new RegExp(`SHIFT1 is in ${to} now`))
  assert.equal((await arjun.bag('SHIFT1')).parent, to)
  assert.deepEqual(faults, [])
  await close()
})

test('an admin removes an empty bag, and a full one is refused', async () => {
  const [full, empty] = [parentCode(305), parentCode(306)]
  await arjun.scan([full], ['STAYS1', full], [empty])
  const { page, close } = await visit(meera, `/bags/${full}`)
  await page.click('summary:has-text("Remove")')
  await page.click(`button:has-text("Remove ${full}")`)
  assert.match(await page.innerText('#said[role=alert]'), /holds 1 children|Take them out first/)
  await page.goto(at(`/bags/${empty}`))
  await page.click('summary:has-text("Remove")')
  await page.click(`button:has-text("Remove ${empty}")`)
  await page.waitForURL('**/bags')
  assert.equal(await meera.bag(empty), null)
  await close()
})

test('looking a code up opens it in any case, and suggests others when it is not there', async () => {
  const parent = parentCode(307)
  await arjun.scan([parent])
  const { page, faults, close } = await visit(arjun, '/lookup')
  assert.equal(await page.evaluate(() => document.activeElement.name), 'q')
  await page.keyboard.type(` ${parent.toLowerCase()} `)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/bags/${parent}`)
  await page.goto(at('/lookup?q=SB9xyz'))
  assert.match(await page.innerText('#not-found'), /SB9xyz was not found.*Did you mean/is)
  await page.click('#not-found li a')
  await page.waitForURL('**/bags/SB9*')
  await page.goto(at('/lookup?q=ZZZZZZ'))
  assert.match(await page.innerText('#not-found'), /No code in your area begins like it/)
  assert.deepEqual(faults, [])
  await close()
})

test('a code from a hostile label is shown as text and nothing else', async () => {
  const { page, faults, close } = await visit(arjun, `/lookup?q=${encodeURIComponent('<img src=x onerror=alert(1)>"')}`)
  assert.match(await page.innerText('#not-found'), /<img src=x onerror=alert\(1\)>/)
  assert.equal(await page.locator('main img').count(), 0)
  const floor = await openWindow(browser, { person: arjun })
  await openFloor(floor.page, house.address)
  await floor.page.fill('#scan-box', '<b>bold</b>')
  await floor.page.press('#scan-box', 'Enter')
  await floorShows(floor.page, { outcome: 'bad_code' })
  assert.equal(await floor.page.locator('#refusal b b, #last b').count(), 0)
  assert.deepEqual([...faults, ...floor.faults], [])
  await floor.close()
  await close()
})

test('a bag of another area is not there, and the page says the way home', async () => {
  const imran = await house.person('imran')
  await arjun.scan([parentCode(308)])
  const { page, close } = await visit(imran, `/bags/${parentCode(308)}`)
  assert.match(await page.innerText('main'), /404.*Not found.*not in your area/s)
  await page.click('a:has-text("Go home")')
  assert.equal(page.url(), at('/'))
  await close()
})

// Language, colours, keys.

test('a person switches to Hindi, on the office pages and on the floor, and back', async () => {
  const deepak = await house.person('deepak')
  const { context, page, faults, close } = await visit(deepak, '/')
  await page.click('button:has-text("हिन्दी")')
  await until('the page is in Hindi', async () => (await page.getAttribute('html', 'lang')) === 'hi')
  const words = await page.innerText('body')
  assert.match(words, /[\u0900-\u097f]{3}/)
  assert.doesNotMatch(words, /\{|nav-|stat-|home-/, 'a key without words')
  const floor = await context.newPage()
  await openFloor(floor, house.address)
  await until('the floor is in Hindi', async () => /[\u0900-\u097f]{3}/.test(await floor.innerText('#key-undo')))
  assert.equal(await floor.getAttribute('html', 'lang'), 'hi')
  await floor.close()
  await page.click('form[action="/locale"] button')
  await until('the page is in English', async () => (await page.getAttribute('html', 'lang')) === 'en')
  assert.deepEqual(faults, [])
  await close()
})

test('a switch of the language stays on the page where it was made', async () => {
  const deepak = await house.person('deepak')
  const { page, close } = await visit(deepak, '/bags?type=parent')
  for (const language of ['hi', 'en']) {
    await page.click('form[action="/locale"] button')
    await until(`the page is in ${language}`, async () => (await page.getAttribute('html', 'lang')) === language)
    assert.equal(page.url(), at('/bags?type=parent'))
  }
  await close()
})

test('the colours follow the system until they are chosen, and the choice holds on every page', async () => {
  const { context, page, close } = await visit(arjun, '/', { colorScheme: 'dark' })
  const paper = (of = page) => of.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await paper()
  await page.click('#theme')
  assert.equal(await page.getAttribute('html', 'data-theme'), 'light')
  const light = await paper()
  assert.notEqual(light, dark)
  await page.goto(at('/bags'))
  assert.equal(await paper(), light)
  const floor = await context.newPage()
  await openFloor(floor, house.address)
  assert.equal(await floor.getAttribute('html', 'data-theme'), 'light')
  await floor.close()
  await page.click('#theme')
  assert.equal(await paper(), dark)
  await page.click('#theme')
  assert.equal(await page.getAttribute('html', 'data-theme'), null)
  await close()
})

test('Ctrl and a key leads to the find box, the scan page and the bags', async () => {
  const { page, faults, close } = await visit(arjun, '/')
  await page.keyboard.press('Control+/')
  assert.equal(await page.evaluate(() => document.activeElement.name), 'q')
  await page.keyboard.press('Escape')
  assert.notEqual(await page.evaluate(() => document.activeElement.name), 'q')
  await page.keyboard.press('Control+b')
  await page.waitForURL('**/bags')
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/scan')
  await floorShows(page, { ready: true })
  assert.deepEqual(faults, [])
  await close()
})

test('the first Tab on a page leads over the menu to the content', async () => {
  const { page, close } = await visit(arjun, '/')
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip')
  await page.keyboard.press('Enter')
  assert.equal(new URL(page.url()).hash, '#main')
  await close()
})

// What every page must hold.

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
          return [along(1, 0) + along(-1, 0) + 2, along(0, 1) + along(0, -1) + 2]
        }
        return [...document.querySelectorAll('button, nav a, a.button, input:not([type=hidden]), select, summary')]
          .filter((node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !node.closest('.visually-hidden, table'))
          .map((node) => ({ node, size: reach(node) }))
          .filter(({ size }) => Math.min(...size) < least)
          .map(({ node, size }) => `${node.outerHTML.slice(0, 60)} ${size.join('×')}`)
      }, floor ? 60 : 44)
      assert.deepEqual(small, [])
    })
  }
  await close()
})
