// What was broken in the earlier system, each as its users met it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { childCodes, floorShows, openSite, parentCode, sleep, tones, until } from './support.mjs'

const { site, at, visit, atStation, arjun, farida, meera } = await openSite('arjun', 'farida', 'meera')

/** Follows rel=next to the end and gives the text of every cell on the way. */
async function walk(page, selector, pagesMax = 200) {
  const seen = []
  for (let pages = 1; pages <= pagesMax; pages += 1) {
    seen.push(...(await page.$$eval(selector, (cells) => cells.map((cell) => cell.textContent.trim()))))
    const next = page.locator('a[rel=next]')
    if ((await next.count()) === 0) return { seen, pages }
    await next.click()
    await page.waitForLoadState()
  }
  throw new Error(`more than ${pagesMax} pages`)
}

// Scanning.

test('no scan is dropped after a success, and the thirtieth child breaks nothing', async () => {
  const parents = [1001, 1002, 1003].map(parentCode)
  const { page, wedge, faults, close } = await atStation()
  // Scanners do not wait two seconds after each beep.
  await wedge.scan(parents.flatMap((parent, n) => [parent, ...childCodes(`OB${n}K`, 30)]))
  await floorShows(page, { waiting: 0, attention: 0 }, 30_000)
  for (const [n, parent] of parents.entries()) {
    assert.deepEqual(await arjun.childrenOf(parent), childCodes(`OB${n}K`, 30))
    assert.equal((await arjun.bag(parent)).status, 'completed')
  }
  assert.deepEqual(faults, [], 'no error, no modal box')
  await close()
})

test('the duplicate message names the parent, and undo is real', async () => {
  const [parent, other] = [parentCode(1004), parentCode(1005)]
  await arjun.scan([other], ['OBDUP1', other])
  const { page, wedge, faults, close } = await atStation()
  await wedge.scan([parent, 'OBDUP2', 'OBDUP2'])
  await floorShows(page, { outcome: 'duplicate', waiting: 0 })
  assert.ok((await page.innerText('#refusal')).includes(parent))
  await wedge.scan('OBDUP1')
  await floorShows(page, { outcome: 'child_elsewhere', waiting: 0 })
  assert.ok((await page.innerText('#refusal')).includes(other))
  await page.keyboard.press('Alt+z')
  await floorShows(page, { count: 0, waiting: 0 })
  assert.deepEqual(await arjun.childrenOf(parent), [])
  assert.ok((await tones(page)).length > 0)
  assert.deepEqual(faults, [])
  await close()
})

test('signing in again takes up the same parent, and a whole shift may sign in from one address', async () => {
  const parent = parentCode(1006)
  const session = await site.anotherSession('sunita')
  const { page, wedge, close } = await atStation({ person: session })
  await wedge.scan([parent, 'OBSTAY1'])
  await floorShows(page, { parent, count: 1, waiting: 0 })
  await page.goto(at('/'))
  await page.click('form[action="/logout"] button')
  await page.waitForURL('**/login')
  await page.fill('input[name=username]', 'sunita')
  await page.fill('input[name=password]', site.password)
  await page.press('input[name=password]', 'Enter')
  await page.waitForURL(at('/'))
  await page.goto(at('/station'))
  await floorShows(page, { ready: true, parent, count: 1 })
  await wedge.scan('OBSTAY2')
  await floorShows(page, { count: 2, waiting: 0 })
  await close()
})

test('a dispatcher takes a child out without asking anybody', async () => {
  const parent = parentCode(1007)
  await arjun.scan([parent], ['OBOUT1', parent], ['OBOUT2', parent])
  const { page, faults, close } = await visit(arjun, `/bags/${parent}`)
  await page.click('[aria-label="Remove OBOUT1 from its parent"]')
  assert.match(await page.innerText('#said[role=status]'), /OBOUT1 was removed/)
  assert.deepEqual(await arjun.childrenOf(parent), ['OBOUT2'])
  assert.deepEqual(faults, [])
  await close()
})

// Numbers.

test('the figures on the home page never fall while they refresh', async () => {
  const { page, faults, close } = await visit(meera, '/')
  await until('the feed is live', async () => (await page.innerText('#live')) === 'Live')
  // A change of any figure is written down by the page itself, however short it was.
  await page.evaluate(() => {
    const read = (node) => Number(node.textContent.replace(/\D/g, ''))
    globalThis.fallen = []
    for (const node of document.querySelectorAll('[data-stat]')) {
      let before = read(node)
      new MutationObserver(() => {
        const now = read(node)
        if (now < before) globalThis.fallen.push(`${node.dataset.stat}: ${before} to ${now}`)
        before = now
      }).observe(node, { childList: true, characterData: true, subtree: true })
    }
  })
  const children = Number((await page.innerText('[data-stat=children]')).replaceAll(',', ''))
  const parent = parentCode(1008)
  await arjun.scan([parent])
  for (const code of childCodes('OBNUM', 8)) {
    await arjun.scan([code, parent])
    await sleep(150)
  }
  await until('all eight are counted', async () => Number((await page.innerText('[data-stat=children]')).replaceAll(',', '')) === children + 8)
  assert.deepEqual(await page.evaluate(() => globalThis.fallen), [])
  await page.reload()
  assert.equal(Number((await page.innerText('[data-stat=children]')).replaceAll(',', '')), children + 8)
  assert.deepEqual(faults, [])
  await close()
})

// Lists to their end.

test('the bag list goes on beyond its first pages to the last bag, for every length of page, for a dispatcher too', async () => {
  const { page, faults, close } = await visit(arjun, '/bags')
  const lengths = await page.$$eval('form.filters [name=limit] option, form.filters [name=per_page] option', (options) => options.map(({ value }) => value))
  const names = await page.$$eval('form.filters [name=limit], form.filters [name=per_page]', (nodes) => nodes.map(({ name }) => name))
  const parents = (await arjun.get('/api/stats')).statistics.total_parent_bags
  for (const length of lengths.length > 0 ? lengths : ['']) {
    await page.goto(at(`/bags?type=parent${length && `&${names[0]}=${length}`}`))
    const { seen, pages } = await walk(page, 'main tbody tr > :first-child')
    assert.ok(pages > 1, `${length} a page`)
    assert.equal(new Set(seen).size, seen.length, `${length} a page: one was shown twice`)
    assert.equal(seen.length, parents, `with ${length} a page`)
  }
  assert.deepEqual(faults, [])
  await close()
})

test('a list of bags shows the number of the bill, never a number of the database', async () => {
  const parent = parentCode(1009)
  await arjun.scan([parent])
  await farida.makeBill('OB-Number', 2, [parent])
  const { page, faults, close } = await visit(farida, `/bags?q=${parent}`)
  assert.match(await page.innerText('main tbody'), /OB-Number/)
  assert.doesNotMatch(await page.innerText('main'), /BILL-\d/)
  await page.goto(at(`/bags/${parent}`))
  await page.click('main a:has-text("OB-Number")')
  assert.equal(await page.innerText('h1'), 'OB-Number')
  assert.deepEqual(faults, [])
  await close()
})

test('a bag page shows all its children', async () => {
  const parent = parentCode(1010)
  const children = childCodes('OBALL', 30)
  await arjun.scan([parent], ...children.map((code) => [code, parent]))
  const { page, faults, close } = await visit(arjun, `/bags/${parent}`)
  const words = await page.innerText('main')
  for (const code of children) assert.ok(words.includes(code), code)
  assert.deepEqual(faults, [])
  await close()
})

// Addresses.

const OLD = [
  ['/dashboard', '/'],
  ['/scan_parent', '/scan'],
  ['/scan_child', '/scan'],
  ['/scan/parent', '/scan'],
  ['/scan/child', '/scan'],
  ['/bag_management', '/bags'],
  ['/bag/SB00001', '/bags/SB00001'],
  ['/bill_management', '/bills'],
  ['/bill/create', '/bills/new'],
  ['/bills/create', '/bills/new'],
  ['/bill/manual_parent_entry', '/bills/station'],
  ['/scan_bill_parent', '/bills/station'],
  ['/scan_bill_parent/OB-OLD', '/bills/station?bill=OB-OLD'],
  ['/bill/OB-OLD', '/bills/OB-OLD'],
  ['/bill/OB-OLD/edit', '/bills/OB-OLD/edit'],
  ['/bill/OB-OLD/finish', '/bills/OB-OLD'],
  ['/bill/OB-OLD/scan_parent', '/bills/station?bill=OB-OLD'],
  ['/link_to_bill/SB00001', '/bags/SB00001'],
  ['/bill_summary', '/reports/bills'],
  ['/eod_summary_preview', '/reports/day'],
  ['/edit-parent/SB00001', '/bags/SB00001/children'],
  ['/import/bags', '/imports/new?kind=bags'],
  ['/import/bills', '/imports/new?kind=bills'],
  ['/import/batch_child_parent', '/imports/new?kind=children'],
  ['/import/batch_parent_bill', '/imports/new?kind=parents'],
  ['/import/batch_multi', '/imports/new'],
  ['/excel_upload', '/imports/new'],
  ['/upload', '/imports/new'],
]

test('every address of the earlier system leads on, changes nothing, and lands on a page without an error', async (t) => {
  await farida.makeBill('OB-OLD', 2)
  const { page, faults, close } = await visit(meera, '/')
  for (const [from, to] of OLD) {
    await t.test(from, async () => {
      const answer = await page.goto(at(from))
      assert.equal(answer.status(), 200)
      assert.equal(page.url(), at(to))
      if (/station|scan/.test(to)) await floorShows(page, { ready: true })
    })
  }
  assert.equal((await farida.bill('OB-OLD')).status, 'new', 'an address that is opened completes no bill')
  assert.deepEqual(faults, [])
  await close()
})

for (const name of ['meera', 'farida', 'arjun', 'kiran']) {
  test(`every link that ${name} can see answers, with all its files and no error`, async () => {
    const person = await site.person(name)
    const { context, page, faults, close } = await visit(person, '/')
    const broken = []
    context.on('response', (answer) => answer.status() >= 400 && broken.push(`${answer.status()} ${answer.url()}, found on ${foundOn.get(new URL(answer.url()).pathname)}`))
    const todo = ['/']
    const foundOn = new Map()
    const seen = new Set()
    const kinds = new Map()
    /** Of many pages of one kind, such as those of single bags, a few are enough. */
    const kindOf = (path) => path.replace(/\?.*/, '?').replace(/^\/(passes|events|admin\/audit|admin\/users|admin\/customers)\/[0-9a-f-]+(?=[/?]|$)/, '/$1/*').replace(/^\/p\/[^/]+\/[^/?]+/, '/p/*').replace(/^\/(bags|scans|exports|imports|reports\/people)\/[^/?]+/, '/$1/*').replace(/^\/bills\/(?!new|station|recalculate)[^/?]+/, '/bills/*').replace(/\/parents\/[^/?]+/, '/parents/*')
    while (todo.length > 0) {
      const path = todo.shift()
      const kind = kindOf(path)
      if (seen.has(path) || (kinds.get(kind) ?? 0) >= 2) continue
      seen.add(path)
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      if (/\.(pdf|xlsx|csv|json|svg)\b|format=|\/audit\/(file|checkpoint)|\/\d+\/proof\b/.test(path)) {
        const answer = await context.request.get(at(path))
        if (!answer.ok()) broken.push(`${answer.status()} ${path}`)
        continue
      }
      await page.goto(at(path))
      const links = await page.$$eval('a[href]', (nodes) => nodes.map((node) => new URL(node.href)).filter((to) => to.origin === location.origin).map((to) => to.pathname + to.search))
      todo.push(...links)
      for (const link of links) if (!foundOn.has(link)) foundOn.set(link, path)
    }
    assert.ok(seen.size >= (name === 'kiran' ? 2 : 10), `${[...seen]}`)
    assert.deepEqual(broken, [])
    assert.deepEqual(faults, [])
    await close()
  })
}
