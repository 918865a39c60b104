// The pages of the office, each used as its user uses it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  beyondRefusals,
  childCodes,
  floorShows,
  openFloor,
  openSite,
  openWindow,
  parentCode,
  until,
} from './support.mjs'

const { site, browser, arjun, meera, at, visit } = await openSite('arjun', 'meera')

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
  await signIn(page, 'arjun', site.password)
  assert.equal(page.url(), at('/bags?type=parent'))
  await close()
})

test('after five failures an account is locked, and the right password finds no way in either', async () => {
  const { page, close } = await visit(null, '/login')
  for (let n = 1; n <= 5; n += 1) {
    await signIn(page, 'joseph', `wrong-${n}`)
    assert.match(await page.innerText('[role=alert]'), /wrong.*5 wrong tries lock.*for 30 minutes.*admin can unlock/is)
  }
  await signIn(page, 'joseph', site.password)
  assert.match(await page.innerText('[role=alert]'), /wrong.*wrong tries lock the account/is)
  assert.match(page.url(), /\/login/)
  await close()
})

test('signing out ends the session and nothing of it stays open', async () => {
  const session = await site.anotherSession('sunita')
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
  await context.route('**/api/v1/live?*', (route) => route.abort())
  await context.setOffline(true)
  await page.evaluate(() => undefined)
  await context.setOffline(false)
  await page.reload()
  await until('the page says that it is late', async () => /connection lost/i.test(await page.innerText('#live')))
  assert.equal(await figure(page, 'parents'), parents)
  await close()
})

test('a dispatcher sees the figures of the own area alone', async () => {
  const imran = await site.person('imran')
  const mine = await visit(imran, '/')
  const all = await visit(meera, '/')
  assert.ok((await figure(mine.page, 'parents')) < (await figure(all.page, 'parents')))
  assert.match(await mine.page.innerText('header'), new RegExp(site.people.find(({ name }) => name === 'imran').area, 'i'))
  await mine.close()
  await all.close()
})

// Bags.

test('the bag list filters by code, type and area, and pages through all without showing one twice', async () => {
  const { page, faults, close } = await visit(meera, '/bags')
  await page.fill('form.filters input[name=q]', 'sb000')
  await page.press('form.filters input[name=q]', 'Enter')
  await page.waitForURL('**q=sb000**')
  await page.selectOption('form.filters select[name=type]', 'parent')
  await page.waitForURL('**type=parent**')
  const seen = []
  for (let n = 0; n < 10; n += 1) {
    const codes = await page.$$eval('tbody .name', (cells) => cells.map((cell) => cell.textContent.trim()))
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
  const areas = await page.$$eval('tbody tr td[data-label=Area]', (cells) => cells.map((cell) => cell.textContent.trim()))
  assert.ok(areas.length > 0 && areas.every((title) => title === area[1]), `${areas}`)

  await page.goto(at('/bags?q=NOSUCHBAG'))
  assert.match(await page.innerText('main'), /No bags found.*Scan/s)
  assert.deepEqual(faults, [])
  await close()
})

test('a parent is put right from its page: take out, undo, close, and each is said and stands in the history', async () => {
  const parent = parentCode(302)
  await arjun.scan([parent], ...childCodes('FIX', 4).map((code) => [code, parent]))
  const { page, faults, close } = await visit(arjun, `/bags/${parent}`)
  assert.match(await page.innerText('main'), new RegExp(`${parent}.*4 / 30`, 's'))
  await page.click('[aria-label="Remove FIX02 from its parent"]')
  assert.match(await page.innerText('#said'), /FIX02 was removed from SB90302/)
  assert.deepEqual(await arjun.childrenOf(parent), ['FIX01', 'FIX03', 'FIX04'])
  await page.click('button:has-text("Undo last scan")')
  assert.match(await page.innerText('#said'), /Undone: FIX04 was removed/)
  await page.click('button:has-text("Close parent")')
  assert.match(await page.innerText('#said'), /closed with 2/)
  assert.ok((await arjun.bag(parent)).closed_at)
  const history = await page.innerText('section:has(h2:has-text("History"))')
  for (const word of ['Closed', 'Undone', 'Removed', 'Linked', 'New parent']) assert.match(history, new RegExp(word))
  assert.deepEqual(faults, [])
  await close()
})

test('a child is moved from its page, and a move that cannot be is refused in words', async () => {
  const [from, to] = [parentCode(303), parentCode(304)]
  await arjun.scan([from], ['SHIFT1', from], [to])
  const { page, faults, close } = await visit(arjun, '/bags/SHIFT1')
  await page.click('#relink')
  await page.fill('#choose input[name=to]', 'SB99999')
  await page.press('#choose input[name=to]', 'Enter')
  assert.match(await page.innerText('#fault-to'), /SB99999/)
  assert.equal((await arjun.bag('SHIFT1')).parent, from)
  await page.fill('#choose input[name=to]', to.toLowerCase())
  await page.press('#choose input[name=to]', 'Enter')
  await page.click('#confirm button')
  assert.match(await page.innerText('#said'), new RegExp(`SHIFT1 is now in ${to}`))
  assert.equal((await arjun.bag('SHIFT1')).parent, to)
  assert.deepEqual(beyondRefusals(faults, 422), [])
  await close()
})

test('an admin removes an empty bag, and of a full one is told first what would go with it', async () => {
  const [full, empty] = [parentCode(305), parentCode(306)]
  await arjun.scan([full], ['STAYS1', full], [empty])
  const { page, close } = await visit(meera, `/bags/${full}`)
  await page.click('#delete')
  assert.match(await page.innerText('#what-goes'), /STAYS1/)
  await page.click('a:has-text("Cancel")')
  assert.equal(page.url(), at(`/bags/${full}`))
  await page.goto(at(`/bags/${empty}`))
  await page.click('#delete')
  await page.click('#delete-alone button')
  await page.waitForURL('**/bags?said=*')
  assert.equal(await page.innerText('#said[role=status]'), `${empty} was deleted.`)
  assert.equal(await meera.bag(empty), null)
  assert.ok(await meera.bag(full))
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
  assert.match(await page.innerText('#not-found'), /No code in your area is similar/)
  assert.deepEqual(faults, [])
  await close()
})

test('a code from a hostile label is shown as text and nothing else', async () => {
  const { page, faults, close } = await visit(arjun, `/lookup?q=${encodeURIComponent('<img src=x onerror=alert(1)>"')}`)
  assert.match(await page.innerText('#not-found'), /<img src=x onerror=alert\(1\)>/)
  assert.equal(await page.locator('main img').count(), 0)
  const floor = await openWindow(browser, { person: arjun })
  await openFloor(floor.page, site.address)
  await floor.page.fill('#scan-box', '<b>bold</b>')
  await floor.page.press('#scan-box', 'Enter')
  await floorShows(floor.page, { outcome: 'bad_code' })
  assert.equal(await floor.page.locator('#refusal b b, #last b').count(), 0)
  assert.deepEqual([...faults, ...floor.faults], [])
  await floor.close()
  await close()
})

test('a bag of another area is not there, and the page says the way home', async () => {
  const imran = await site.person('imran')
  await arjun.scan([parentCode(308)])
  const { page, close } = await visit(imran, `/bags/${parentCode(308)}`)
  assert.match(await page.innerText('main'), /404.*Not found.*not in your area/s)
  await page.click('a:has-text("Go to the home page")')
  assert.equal(page.url(), at('/'))
  await close()
})

// Language, colours, keys.

test('a person switches to Hindi, on the office pages and at the station, and back', async () => {
  const deepak = await site.person('deepak')
  const { context, page, faults, close } = await visit(deepak, '/')
  await page.click('button:has-text("हिन्दी")')
  await until('the page is in Hindi', async () => (await page.getAttribute('html', 'lang')) === 'hi')
  const words = await page.innerText('body')
  assert.match(words, /[\u0900-\u097f]{3}/)
  assert.doesNotMatch(words, /\{|nav-|stat-|home-/, 'a key without words')
  const floor = await context.newPage()
  await openFloor(floor, site.address)
  await until('the station is in Hindi', async () => /[\u0900-\u097f]{3}/.test(await floor.innerText('#key-undo')))
  assert.equal(await floor.getAttribute('html', 'lang'), 'hi')
  await floor.close()
  await page.click('form[action="/locale"] button')
  await until('the page is in English', async () => (await page.getAttribute('html', 'lang')) === 'en')
  assert.deepEqual(faults, [])
  await close()
})

test('a switch of the language stays on the page where it was made', async () => {
  const deepak = await site.person('deepak')
  const { page, close } = await visit(deepak, '/bags?type=parent')
  for (const language of ['hi', 'en']) {
    await page.click('form[action="/locale"] button')
    await until(`the page is in ${language}`, async () => (await page.getAttribute('html', 'lang')) === language)
    assert.equal(page.url(), at('/bags?type=parent'))
  }
  await close()
})

test('on a phone the language is switched from the bar, which fits however long the feed says that it is late', async () => {
  const deepak = await site.person('deepak')
  const { page, close } = await visit(deepak, '/', { viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true })
  for (const language of ['hi', 'en']) {
    await page.tap('header form[action="/locale"] button')
    await until(`the page is in ${language}`, async () => (await page.getAttribute('html', 'lang')) === language)
    assert.equal(await page.getAttribute('header form[action="/locale"] button', 'lang'), language === 'hi' ? 'en' : 'hi')
    for (const width of [375, 320]) {
      await page.setViewportSize({ width, height: 720 })
      const widest = await page.evaluate(() => {
        const live = document.getElementById('live')
        live.textContent = live.dataset.late
        const bar = document.querySelector('header.bar')
        return Math.max(document.documentElement.scrollWidth - innerWidth, live.offsetHeight - bar.clientHeight, live.scrollWidth - live.clientWidth)
      })
      assert.ok(widest <= 0, `${widest} px too many at ${width} px in ${language}`)
    }
    await page.setViewportSize({ width: 375, height: 720 })
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
  await openFloor(floor, site.address)
  assert.equal(await floor.getAttribute('html', 'data-theme'), 'light')
  await floor.close()
  await page.click('#theme')
  assert.equal(await paper(), dark)
  await page.click('#theme')
  assert.equal(await page.getAttribute('html', 'data-theme'), null)
  await close()
})

test('Alt and a letter leads to the find box, the scan page and the bills, and no key that a scanner sends does', async () => {
  const { page, faults, close } = await visit(arjun, '/')
  for (const key of ['Control+b', 'Control+s', 'Control+m']) await page.keyboard.press(key)
  assert.equal(new URL(page.url()).pathname, '/')
  await page.keyboard.press('Alt+k')
  assert.equal(await page.evaluate(() => document.activeElement.name), 'q')
  await page.keyboard.press('Escape')
  assert.notEqual(await page.evaluate(() => document.activeElement.name), 'q')
  await page.keyboard.press('Alt+b')
  await page.waitForURL('**/bills')
  await page.keyboard.press('Alt+s')
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

test('a list on a phone has rows of two lines and its filters behind one button, and the menu has everything', async () => {
  const { page, faults, close } = await visit(meera, '/bags', { viewport: { width: 375, height: 800 } })
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 375)
  const heights = await page.$$eval('#bags tbody tr', (rows) => rows.map((row) => row.getBoundingClientRect().height))
  assert.ok(Math.max(...heights) <= 110, `a row is ${Math.max(...heights)} px high`)
  assert.equal(await page.isVisible('#bag-filters'), false)
  await page.click('.filter-fold > summary')
  await page.selectOption('#bag-filters [name=days]', 'last7')
  await page.waitForURL('**days=last7**')
  assert.match(await page.innerText('.filter-fold > summary'), /Filters · 1/)
  await page.click('.filters-on .pick')
  await page.waitForURL(at('/bags'))
  await page.click('nav.foot a[href="#menu"]')
  assert.ok(await page.isVisible('#menu a[href="/scans"]'))
  assert.deepEqual(faults, [])
  await close()
})

test('a period fills in its days, and a day that is changed takes the place of the period', async () => {
  const { page, faults, close } = await visit(meera, '/bags?days=last30')
  const from = await page.inputValue('[data-name=from]')
  assert.match(from, /^\d{4}-\d{2}-\d{2}$/)
  await page.fill('[data-name=from]', '2024-01-01')
  await page.click('#bag-filters button')
  await page.waitForURL('**from=2024-01-01**')
  const { searchParams } = new URL(page.url())
  assert.equal(searchParams.get('days') ?? '', '')
  assert.ok(searchParams.get('to'), 'the other day stays as it was shown')
  assert.deepEqual(faults, [])
  await close()
})

test('arrow keys go through the rows of a list, Enter opens one, and its head stays below the bar', async () => {
  const { page, faults, close } = await visit(meera, '/bags', { viewport: { width: 1600, height: 800 } })
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  const second = await page.innerText('#bags tbody tr:nth-child(2) .name')
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), second)
  await page.evaluate(() => window.scrollTo(0, 600))
  const top = await page.$eval('#bags thead th', (head) => head.getBoundingClientRect().top)
  assert.ok(Math.abs(top - 56) <= 1, `the head is at ${top}`)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/bags/${second}`)
  assert.deepEqual(faults, [])
  await close()
})
