// A scanner on office pages: what it scans fills the field that is meant, and no Enter of it creates, confirms or moves anything.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Wedge, openSite, parentCode, until } from './support.mjs'

const { at, visit, farida, arjun, meera } = await openSite('farida', 'arjun', 'meera')
const path = (page) => new URL(page.url()).pathname
const focused = (page) => page.evaluate(() => document.activeElement.name || document.activeElement.id || document.activeElement.tagName)
/** The part of a page that reads scans has come. */
const isListening = (page) => until('the page reads scans', () => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/typing-'))))

test('a scanned number creates no bill: it fills the field, and the number of parents is asked for', async () => {
  const { page, faults, close } = await visit(farida, '/bills/new')
  await isListening(page)
  const wedge = await Wedge.plugIn(page)
  assert.equal(await page.inputValue('[name=capacity]'), '', 'nothing is assumed')
  for (const [number, how] of [
    ['DK0001', {}],
    ['DK0002', { keyboard: 'azerty', suffix: 'Tab' }],
    ['DK0003', { keyboard: 'lower case', msPerKey: 10 }],
  ]) {
    await page.focus('[name=bill]')
    await wedge.scan(number, how)
    await until(`${number} is in its field`, async () => (await page.inputValue('[name=bill]')).toUpperCase() === number)
    await until('the number of parents is next', async () => (await focused(page)) === 'capacity')
    assert.equal(path(page), '/bills/new')
    assert.equal(await farida.bill(number), null)
  }
  // On the button, and in the number of parents, a scan is no consent and no number.
  await page.fill('[name=capacity]', '4')
  await page.focus('#bill-form button')
  await wedge.scan('SB90301')
  await until('the search box shows it', async () => (await page.inputValue('[data-find]')) === 'SB90301')
  assert.deepEqual([path(page), await page.inputValue('[name=capacity]')], ['/bills/new', '4'])
  // A person's Enter is one; one that follows a scan at once would be the second end of it.
  await page.waitForTimeout(500)
  await page.focus('[name=capacity]')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/bills/DK0003?*')
  assert.equal((await farida.bill('DK0003')).capacity, 4)
  assert.deepEqual(faults, [])
  await close()
})

test('a move that is read is confirmed by a person, and a scan chooses another parent instead', async () => {
  const [from, to, other] = [311, 312, 313].map(parentCode)
  await arjun.scan([from], ['DOCKMV1', from], [to], [other])
  const { page, close } = await visit(arjun, `/bags/DOCKMV1/relink?to=${to}`)
  await isListening(page)
  const wedge = await Wedge.plugIn(page)
  assert.equal(await page.evaluate(() => document.activeElement.closest('form')?.id), 'confirm')
  await wedge.scan(other)
  await page.waitForURL(`**/relink?to=${other}`)
  assert.deepEqual(await arjun.childrenOf(from), ['DOCKMV1'])
  await page.keyboard.press('Enter')
  await page.waitForURL('**/bags/DOCKMV1?*')
  assert.deepEqual(await arjun.childrenOf(other), ['DOCKMV1'])
  await close()
})

test('the search box takes scans of any layout, and Enter lists bags, bills and people as the box does', async () => {
  const parent = parentCode(314)
  await arjun.scan([parent], ['DOCKFIND1', parent])
  await farida.makeBill('DOCKFIND-B', 2)
  const { page, close } = await visit(meera, '/')
  const wedge = await Wedge.plugIn(page)
  await page.keyboard.press('Alt+k')
  await isListening(page)
  await wedge.scan(parent, { keyboard: 'azerty', suffix: 'Tab' })
  await page.waitForURL(`**/bags/${parent}`)
  await page.fill('[data-find]', 'dockfind')
  await page.press('[data-find]', 'Enter')
  await page.waitForURL('**/lookup?q=dockfind')
  assert.deepEqual(await page.$$eval('#found li', (items) => items.map(({ dataset }) => dataset.kind).sort()), ['bag', 'bill'])
  await page.fill('[data-find]', 'farid')
  await page.press('[data-find]', 'Enter')
  await page.waitForSelector('#found li[data-kind=person]')
  await close()
})

test('a parent goes on a bill from its own page: an open one, or one that is created there', async () => {
  const [one, two] = [315, 316].map(parentCode)
  await arjun.scan([one], [two])
  await farida.makeBill('DOCK-OPEN', 3)
  const { page, faults, close } = await visit(farida, `/bags/${one}`)
  await page.click('#put-on-bill')
  await page.click('#open-bills a:has-text("DOCK-OPEN")')
  await page.click('#confirm button')
  await page.waitForURL(`**/bags/${one}?*`)
  assert.match(await page.innerText('#said'), /DOCK-OPEN/)
  assert.deepEqual(await farida.parentsOn('DOCK-OPEN'), [one])
  await page.goto(at(`/bags/${two}/bill`))
  const wedge = await Wedge.plugIn(page)
  await isListening(page)
  await wedge.scan('DOCKNEW1')
  await page.waitForSelector('#create')
  await page.fill('#create [name=capacity]', '500')
  await page.click('#create button')
  await page.waitForURL(`**/bags/${two}?*`)
  assert.equal((await farida.bill('DOCKNEW1')).capacity, 500)
  assert.deepEqual(await farida.parentsOn('DOCKNEW1'), [two])
  assert.deepEqual(faults, [])
  await close()
})

test('a question mark opens the part of a guide that is about the page, with its pictures', async () => {
  const { page, faults, close } = await visit(farida, '/bills')
  await page.keyboard.press('?')
  await page.waitForURL('**/help/biller#bills')
  assert.equal(await page.$eval('.guide img', (image) => image.complete && image.naturalWidth > 0), true)
  await page.goto(at('/help'))
  assert.match(await page.innerText('#keys'), /Alt K.*Search box/s)
  // In a code it is a character like others.
  await page.goto(at('/bills'))
  await page.keyboard.type('a?b')
  await new Promise((resolve) => setTimeout(resolve, 400))
  assert.equal(path(page), '/bills')
  assert.deepEqual(faults, [])
  await close()
})

test('the area report is narrowed to an area and shows how it works', async () => {
  const { page, close } = await visit(meera, '/reports/areas')
  assert.match(await page.innerText('#table-0 thead'), /Scans per dispatcher.*Refused/s)
  await page.selectOption('select[name=area]', 'lucknow')
  await page.waitForURL('**area=lucknow**')
  assert.deepEqual(await page.$$eval('#table-0 tbody tr', (rows) => rows.map((row) => row.cells[0].textContent.trim())), ['Lucknow'])
  await close()
})
