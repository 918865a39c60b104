// Finding things and putting them right: the search box, the look-up, the lists with their filters, the history of scans,
// and the work on single bags.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Wedge, beyondRefusals, childCodes, openSite, parentCode, sleep, until } from './support.mjs'

const { site, at, visit, arjun, farida, meera } = await openSite('arjun', 'farida', 'meera')

/** A parent with these many children, by the API. */
async function filled(parent, mark, count) {
  await arjun.scan([parent], ...childCodes(mark, count).map((code) => [code, parent]))
}

const options = (page) => page.$$eval('#find-list [role=option] b', (nodes) => nodes.map((node) => node.textContent))

/** Follows rel=next to the end; gives the first cell of every row. */
async function walk(page, selector) {
  const seen = []
  for (let pages = 1; ; pages += 1) {
    seen.push(...(await page.$$eval(selector, (cells) => cells.map((cell) => cell.textContent.trim()))))
    const next = page.locator('a[rel=next]')
    if ((await next.count()) === 0) return { seen, pages }
    await next.click()
    await page.waitForLoadState()
  }
}

// The search box.

test('the search box proposes bags, bills and people, and is worked by keys alone', async () => {
  const parent = parentCode(1201)
  await filled(parent, 'FINDME', 2)
  await farida.makeBill('FINDBILL', 1)
  const { page, faults, close } = await visit(meera, '/reports')
  await page.keyboard.press('Alt+k')
  assert.equal(await page.evaluate(() => document.activeElement.name), 'q')
  // No quicker than a person: a scanner's code is asked for at once.
  await page.keyboard.type('sb9120', { delay: 90 })
  await until('the parent is proposed', async () => (await options(page)).includes(parent))
  await until('the list is open', async () => (await page.getAttribute('[data-find]', 'aria-expanded')) === 'true')
  await page.keyboard.press('ArrowDown')
  const chosen = await page.innerText('#find-list [aria-selected=true] b')
  assert.equal(await page.getAttribute('[data-find]', 'aria-activedescendant'), 'find-0')
  await page.keyboard.press('Escape')
  assert.equal(await page.isVisible('#find-list'), false)
  assert.equal(await page.inputValue('[data-find]'), 'sb9120', 'what was typed stays')
  await page.keyboard.type('1')
  await until('it is proposed again', async () => (await options(page)).length > 0)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/bags/${chosen}`)
  for (const [text, label, address] of [
    ['findbi', 'FINDBILL', '/bills/FINDBILL'],
    ['FINDME0', 'FINDME01', '/bags/FINDME01'],
    ['arju', 'arjun', '/reports/people/arjun'],
  ]) {
    await page.keyboard.press('Alt+k')
    await page.keyboard.type(text)
    await until(`${label} is proposed`, async () => (await options(page)).includes(label))
    await page.click(`#find-list [role=option]:has-text("${label}")`)
    await page.waitForURL(at(address))
  }
  assert.deepEqual(faults, [])
  await close()
})

test('a scanner in the search box opens the bag, however fast it is', async () => {
  const parent = parentCode(1202)
  await filled(parent, 'QUICKF', 1)
  const { page, faults, close } = await visit(arjun, '/')
  const wedge = await Wedge.plugIn(page)
  for (const code of [parent, 'QUICKF01']) {
    await page.keyboard.press('Alt+k')
    await wedge.scan(code)
    await page.waitForURL(at(`/bags/${code}`))
    assert.equal(await page.innerText('h1'), code)
  }
  assert.deepEqual(faults, [])
  await close()
})

test('what another area has is proposed to nobody outside', async () => {
  const parent = parentCode(1203)
  await arjun.scan([parent])
  const { page, faults, close } = await visit(await site.person('imran'), '/')
  await page.keyboard.press('Alt+k')
  await page.keyboard.type(parent)
  await sleep(600)
  assert.deepEqual(await options(page), [])
  assert.deepEqual(faults, [])
  await close()
})

test('the look-up opens a bag first, then a bill, and proposes what looks like it', async () => {
  const parent = parentCode(1204)
  await arjun.scan([parent])
  await farida.makeBill(parentCode(1205), 1)
  await farida.makeBill(parent, 1)
  const { page, faults, close } = await visit(farida, '/lookup')
  const look = async (code, path) => {
    await page.goto(at('/lookup'))
    await until('the field has the focus', () => page.evaluate(() => document.activeElement.name === 'q'))
    await page.keyboard.type(code)
    await page.keyboard.press('Enter')
    await page.waitForURL(at(path))
  }
  // A bag before a bill of the same name.
  await look(parent.toLowerCase(), `/bags/${parent}`)
  await look(parentCode(1205), `/bills/${parentCode(1205)}`)
  await look('SB9120Z', '/lookup?q=SB9120Z')
  assert.match(await page.innerText('#not-found'), /SB9120Z was not found.*Did you mean/s)
  assert.ok((await page.locator('#not-found li').count()) <= 3)
  await page.click('#not-found li a >> nth=0')
  assert.match(page.url(), /\/bags\/SB9/)
  assert.deepEqual(faults, [])
  await close()
})

// Lists.

test('every filter and order of the bags stays in the address, over pages, back and reload, and is cleared at once', async () => {
  const { page, faults, close } = await visit(meera, '/bags')
  for (const [name, value] of [['type', 'child'], ['linked', 'linked']]) {
    await page.selectOption(`#bag-filters [name=${name}]`, value)
    await page.waitForURL((address) => address.searchParams.get(name) === value)
  }
  await page.click('#sort-code')
  await page.waitForURL('**sort=**')
  const check = async () => {
    const { searchParams } = new URL(page.url())
    assert.equal(searchParams.get('type'), 'child')
    assert.equal(searchParams.get('linked'), 'linked')
    assert.ok(searchParams.get('sort'))
    assert.equal(await page.inputValue('#bag-filters [name=type]'), 'child')
    const kinds = await page.$$eval('#bags [data-label=Type]', (cells) => cells.map((cell) => cell.textContent))
    assert.deepEqual([...new Set(kinds)], ['Child'])
    const codes = await page.$$eval('#bags tbody .name', (cells) => cells.map((cell) => cell.textContent))
    const up = [...codes].sort()
    assert.ok([up.join(), up.reverse().join()].includes(codes.join()), 'in the order of the codes')
    return codes
  }
  const first = await check()
  await page.click('#next')
  await page.waitForURL('**cursor=**')
  const second = await check()
  assert.equal(first.filter((code) => second.includes(code)).length, 0)
  await page.reload()
  assert.deepEqual(await check(), second)
  await page.goBack()
  assert.deepEqual(await check(), first)
  await page.click('#bags tbody a >> nth=0')
  await page.goBack()
  assert.deepEqual(await check(), first)
  await page.click('#clear-filters')
  assert.equal(page.url(), at('/bags?sort=code'), 'the order stays')
  assert.deepEqual(faults, [])
  await close()
})

test('a filter that cannot be is told at its field, and the others stay', async () => {
  const { page, close } = await visit(meera, '/bags?type=parent')
  await page.goto(at('/bags?type=parent&person=nobody-here'))
  assert.match(await page.innerText('#fault-person, section.empty'), /\w{4}/)
  assert.equal(await page.inputValue('#bag-filters [name=type]'), 'parent')
  await close()
})

test('a piece of a code finds the bag in the list as soon as it was scanned', async () => {
  await filled(parentCode(1206), 'XQZVW', 3)
  const { page, faults, close } = await visit(arjun, '/bags')
  await page.fill('#bag-filters [name=q]', 'qzv')
  await page.press('#bag-filters [name=q]', 'Enter')
  await page.waitForURL('**q=qzv**')
  const { seen } = await walk(page, '#bags tbody .name')
  assert.deepEqual(seen.sort(), childCodes('XQZVW', 3))
  assert.deepEqual(faults, [])
  await close()
})

test('the history of scans is filtered, paged to its end, and shows what was refused and what was undone', async () => {
  const parent = parentCode(1207)
  await filled(parent, 'HISTO', 3)
  await arjun.scan(['HISTO01', parent])
  const { page, faults, close } = await visit(arjun, `/scans?q=${parent}`)
  const { seen } = await walk(page, '#scans tbody [data-label=Code]')
  assert.deepEqual(seen, ['HISTO01', 'HISTO03', 'HISTO02', 'HISTO01', parent])
  await page.goto(at(`/scans?q=${parent}`))
  await page.selectOption('#scan-filters [name=result]', 'refused')
  await page.waitForURL('**result=refused**')
  assert.equal(await page.locator('#scans tbody tr').count(), 1)
  assert.match(await page.innerText('#scans tbody'), /HISTO01.*Already scanned.*arjun/s)
  await page.reload()
  assert.equal(await page.inputValue('#scan-filters [name=result]'), 'refused')
  // The newest link is taken back from the page of its scan.
  await page.goto(at('/scans?q=HISTO03'))
  await page.click('#scans tbody tr >> nth=0 >> .name a')
  await page.waitForURL(/\/scans\/\d+$/)
  assert.match(await page.innerText('#scan'), /HISTO03/)
  await page.click('#undo button')
  assert.match(await page.innerText('#said'), /Undone: HISTO03 was removed/)
  assert.deepEqual(await arjun.childrenOf(parent), ['HISTO01', 'HISTO02'])
  assert.deepEqual(faults, [])
  await close()
})

// Work on a bag.

test('the list of children is edited as a whole, or not at all', async () => {
  const [parent, other] = [parentCode(1208), parentCode(1209)]
  await filled(parent, 'EDITC', 3)
  await arjun.scan([other], ['EDITX1', other])
  const { page, faults, close } = await visit(meera, `/bags/${parent}`)
  await page.click('#edit-children')
  const field = page.locator('#children-editor textarea')
  assert.deepEqual((await field.inputValue()).trim().split(/\s+/).sort(), childCodes('EDITC', 3))
  await field.fill('EDITC01\neditc04\nEDITX1')
  await page.click('#children-editor button')
  assert.match(await page.innerText('#faults'), /Nothing was saved.*EDITX1/s)
  assert.deepEqual(await arjun.childrenOf(parent), childCodes('EDITC', 3))
  await field.fill('EDITC01\neditc04')
  await page.click('#children-editor button')
  await page.waitForURL(`**/bags/${parent}?*`)
  assert.match(await page.innerText('#said[role=status]'), new RegExp(parent))
  assert.deepEqual(await arjun.childrenOf(parent), ['EDITC01', 'EDITC04'])
  assert.ok(await arjun.bag('EDITC02'), 'who was taken off the list is free and still there')
  assert.match(await page.innerText('#changes'), /EDITC/)
  assert.deepEqual(beyondRefusals(faults, 422), [])
  await close()
})

test('a child goes to another parent by the steps of the move, scanned, seen, confirmed', async () => {
  const [from, to, full] = [parentCode(1210), parentCode(1211), parentCode(1212)]
  await filled(from, 'MOVEW', 2)
  await arjun.scan([to])
  await filled(full, 'MOVEFULL', 30)
  const { page, faults, close } = await visit(arjun, '/bags/MOVEW01')
  await page.click('#relink')
  await page.waitForURL('**/relink')
  assert.equal(await page.evaluate(() => document.activeElement.name), 'to', 'the scanner can begin at once')
  const wedge = await Wedge.plugIn(page)
  const refuse = async (code, words) => {
    await page.fill('#choose [name=to]', '')
    await page.focus('#choose [name=to]')
    await wedge.scan(code)
    await page.waitForURL(`**to=${code}`)
    assert.match(await page.innerText('#fault-to'), words)
  }
  await refuse('SB99999', /SB99999 was not found in your area/)
  await refuse('MOVEW02', /MOVEW02 is a child bag/)
  await refuse(from, new RegExp(`already in ${from}`))
  await refuse(full, new RegExp(`${full} is full`))
  await page.fill('#choose [name=to]', '')
  await page.focus('#choose [name=to]')
  await wedge.scan(to)
  await page.waitForURL(`**to=${to}`)
  assert.match(await page.innerText('#both'), new RegExp(`${from}.*2 / 30.*1 / 30.*${to}.*0 / 30.*1 / 30`, 's'))
  await page.click('#confirm button')
  assert.match(await page.innerText('#said'), new RegExp(`MOVEW01 is now in ${to}`))
  assert.deepEqual(await arjun.childrenOf(to), ['MOVEW01'])
  assert.deepEqual(beyondRefusals(faults, 422), [])
  await close()
})

test('a parent is removed with all in it after seeing what goes, and comes back with its links', async () => {
  const [parent, billed] = [parentCode(1213), parentCode(1214)]
  await filled(parent, 'GONE', 3)
  await arjun.scan([billed])
  await farida.makeBill('GONEBILL', 1, [billed])
  const { page, faults, close } = await visit(farida, `/bags/${parent}`)
  await page.click('#delete')
  await page.waitForURL('**/delete')
  const preview = await page.innerText('#what-goes')
  for (const code of [parent, ...childCodes('GONE', 3)]) assert.ok(preview.includes(code), code)
  await page.click('#delete-contents button')
  await page.waitForURL('**/bags?said=*')
  assert.equal(await page.innerText('#said[role=status]'), `${parent} and its 3 children were deleted.`)
  for (const code of [parent, ...childCodes('GONE', 3)]) assert.equal(await farida.bag(code), null, code)
  await page.click('.toast form button')
  await page.waitForURL('**/bags?said=*')
  assert.equal(await page.innerText('#said[role=status]'), `${parent} is back with its 3 children.`)
  assert.deepEqual((await farida.childrenOf(parent)).toSorted(), childCodes('GONE', 3).toSorted())
  // The scans of it stay.
  await page.goto(at(`/scans?q=${parent}`))
  assert.match(await page.innerText('#scans'), /GONE03/)
  // What stands on a bill stays where it is.
  await page.goto(at(`/bags/${billed}/delete`))
  assert.match(await page.innerText('#on-bill'), /GONEBILL/)
  assert.equal(await page.locator('#delete-contents, #delete-alone').count(), 0)
  assert.deepEqual(faults, [])
  await close()
})

test('the link of a child is undone from its own page', async () => {
  const parent = parentCode(1215)
  await filled(parent, 'UNDOP', 2)
  const { page, faults, close } = await visit(arjun, '/bags/UNDOP02')
  await page.click('button:has-text("Undo")')
  assert.match(await page.innerText('#said'), /Undone: UNDOP02 was removed/)
  assert.deepEqual(await arjun.childrenOf(parent), ['UNDOP01'])
  assert.deepEqual(faults, [])
  await close()
})

test('a dispatcher has no way to remove or edit what only others may', async () => {
  const parent = parentCode(1216)
  await filled(parent, 'NORIGHT', 1)
  const { page, close } = await visit(arjun, `/bags/${parent}`)
  assert.equal(await page.locator('#delete, #edit-children').count(), 0)
  for (const path of ['delete', 'children']) assert.equal((await page.goto(at(`/bags/${parent}/${path}`))).status(), 403)
  await close()
})

for (const [where, options] of [['a desk', {}], ['a phone', { viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true }]]) {
  test(`from the home page to the bill of a parent, and to who scanned its children, in three actions on ${where}`, async () => {
    const parent = parentCode(where === 'a desk' ? 1231 : 1232)
    const mark = where === 'a desk' ? 'DESK' : 'HAND'
    await filled(parent, mark, 2)
    await farida.makeBill(`THREE-${mark}`, 1, [parent])
    const { page, faults, close } = await visit(farida, '/', options)
    const isPhone = where === 'a phone'
    if (isPhone) await page.tap('.foot a[href="/lookup"]')
    const field = isPhone ? 'main input[name=q]' : 'input[data-find]'
    await page.fill(field, parent)
    await page.press(field, 'Enter')
    await page.waitForURL((url) => url.pathname !== '/')
    const words = await page.innerText('main')
    assert.match(words, new RegExp(`THREE-${mark}`))
    assert.match(words, new RegExp(`${mark}01[\\s\\S]*arjun`))
    assert.deepEqual(faults, [])
    await close()
  })
}
