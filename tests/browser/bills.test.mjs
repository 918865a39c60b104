// Bills as the office makes, corrects and removes them, and as each role sees them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beyondRefusals, childCodes, floorShows, openSite, parentCode, until } from './support.mjs'

const { site, at, visit, farida, meera, arjun } = await openSite('farida', 'meera', 'arjun')

/** Parents with this many children each, scanned by a dispatcher as on any day. */
async function filled(parent, mark, count) {
  await arjun.scan([parent], ...childCodes(mark, count).map((code) => [code, parent]))
}

const parentsFrom = (first, count) => Array.from({ length: count }, (_, n) => parentCode(first + n))

/** Waits until the station has heard of the bill and everything is answered. */
const shows = (page, wanted, ms) => floorShows(page, { waiting: 0, ...wanted }, ms)

// The form.

test('a bill is created in its form, and what cannot be is told at its field and keeps what was typed', async () => {
  await farida.makeBill('BT-THERE', 2)
  const { page, faults, close } = await visit(farida, '/bills')
  await page.click('#create-bill')
  await page.waitForURL('**/bills/new')
  // The browser itself says what is missing or too short, before anything is sent.
  await page.click('#bill-form button')
  assert.equal(await page.locator('input[name=bill]:invalid').count(), 1)
  assert.equal(page.url(), at('/bills/new'))
  // And so does the server, whatever the browser lets through.
  const refusals = [
    ['', '5', 'bill', /3 to 50 characters/],
    ['AB', '5', 'bill', /AB is not a valid bill number.*3 to 50/],
    ['X'.repeat(51), '5', 'bill', /3 to 50/],
    ['BT-NEW', '0', 'capacity', /whole number from 1 to 500/],
    ['BT-NEW', '501', 'capacity', /whole number from 1 to 500/],
    ['BT-NEW', '', 'capacity', /whole number from 1 to 500/],
    ['bt-there', '5', 'bill', /bt-there already exists/i],
  ]
  for (const [number, capacity, field, words] of refusals) {
    await page.$eval('#bill-form', (form) => {
      form.noValidate = true
      for (const node of form.elements) node.removeAttribute('maxlength')
    })
    await page.fill('input[name=bill]', number)
    await page.fill('input[name=capacity]', capacity)
    await page.fill('textarea[name=description]', 'Lorry 7\nto Indore')
    await page.click('#bill-form button')
    const what = `${number} with ${capacity}`
    assert.match(await page.innerText('#fault[role=alert]'), words, what)
    assert.equal(await page.getAttribute(`[name=${field}]`, 'aria-invalid'), 'true', what)
    assert.equal(await page.inputValue('input[name=bill]'), number)
    assert.equal((await page.inputValue('textarea[name=description]')).replaceAll('\r', ''), 'Lorry 7\nto Indore')
  }
  await page.fill('input[name=bill]', 'BT-New/1')
  await page.fill('input[name=capacity]', '3')
  await page.click('#bill-form button')
  await page.waitForURL('**/bills/BT-NEW%2F1?*')
  assert.match(await page.innerText('#said[role=status]'), /BT-New\/1 created.*3/)
  assert.equal(await page.innerText('h1'), 'BT-New/1')
  assert.match(await page.innerText('main'), /Lorry 7\s+to Indore/)
  const bill = await farida.bill('bt-new/1')
  assert.deepEqual([bill.bill, bill.capacity, bill.status, bill.created_by], ['BT-New/1', 3, 'new', 'farida'])
  assert.deepEqual(beyondRefusals(faults, 422), [])
  await close()
})

test('editing says "nothing changed" when nothing was, refuses less than is on the bill, and saves the rest', async () => {
  await farida.makeBill('BT-EDIT', 3, parentsFrom(700, 2))
  const { page, faults, close } = await visit(farida, '/bills/BT-EDIT')
  const edit = async (capacity, description) => {
    await page.goto(at('/bills/BT-EDIT/edit'))
    if (capacity) await page.fill('input[name=capacity]', capacity)
    if (description) await page.fill('textarea[name=description]', description)
    await page.click('#bill-form button')
  }
  await page.click('#edit')
  await page.waitForURL('**/BT-EDIT/edit')
  await edit()
  assert.match(await page.innerText('#said'), /Nothing changed/)
  await edit('1')
  assert.equal(await page.locator('input[name=capacity]:invalid').count(), 1, 'the browser knows it before anything is sent')
  await page.$eval('#bill-form', (form) => (form.noValidate = true))
  await page.click('#bill-form button')
  assert.match(await page.innerText('#fault'), /Bill BT-EDIT already has 2 parents, so/)
  assert.equal((await farida.bill('BT-EDIT')).capacity, 3)
  await edit('100', 'Two lines\nof text')
  assert.match(await page.innerText('#said'), /saved.*100/)
  await edit()
  assert.match(await page.innerText('#said'), /Nothing changed/, 'line ends alone are no change')
  assert.equal((await farida.bill('BT-EDIT')).capacity, 100)
  assert.deepEqual(beyondRefusals(faults, 422), [])
  await close()
})

test('a bill that was deleted leaves its parents free, and comes back with them', async () => {
  const [parent] = parentsFrom(705, 1)
  await farida.makeBill('BT-DEL', 1, [parent])
  const { page, faults, close } = await visit(meera, '/bills/BT-DEL')
  await page.click('summary:has-text("Delete this bill")')
  await page.click('#delete-bill button')
  await page.waitForURL('**/bills?*')
  assert.match(await page.innerText('#said'), /BT-DEL deleted.*free/)
  assert.equal(await farida.bill('BT-DEL'), null)
  assert.equal((await farida.bag(parent)).bill, null)
  await page.click('.toast form button')
  await page.waitForURL('**/bills?*')
  assert.match(await page.innerText('#said'), /BT-DEL is back with its parents/)
  assert.equal((await farida.bag(parent)).bill, 'BT-DEL')
  // Who has no right to delete has no such button, and the address says no as well.
  await farida.makeBill('BT-KEEP', 1)
  const other = await visit(farida, '/bills/BT-KEEP')
  assert.equal(await other.page.locator('#delete-bill').count(), 0)
  assert.equal((await farida.send('DELETE', '/api/v1/bills/BT-KEEP')).status, 403)
  assert.deepEqual([...faults, ...other.faults], [])
  await other.close()
  await close()
})

test('a parent is added by hand, a bag that is no parent is refused, and the figures are counted again', async () => {
  await filled(parentCode(710), 'HANDA', 2)
  await farida.makeBill('BT-HAND', 2)
  const { page, faults, close } = await visit(meera, '/bills/BT-HAND')
  const enter = async (code) => {
    await page.fill('#manual-entry input[name=code]', code)
    await page.click('#manual-entry button')
    await page.waitForLoadState()
    return page.innerText('#said')
  }
  assert.match(await enter(parentCode(711).toLowerCase()), /SB90711 is now on bill BT-HAND: 1 of 2/)
  assert.match(await enter('NOTAPARENT'), /not a parent label/)
  assert.match(await enter('HANDA01'), /HANDA01 is a child bag/)
  assert.match(await enter(parentCode(711)), /already/)
  assert.match(await enter(parentCode(710)), /2 of 2/)
  assert.match(await enter(parentCode(712)), /full: 2 of 2/)
  await page.click('#recalculate')
  assert.match(await page.innerText('#said'), /counted again and are correct/)
  assert.equal(await page.innerText('#actual-kg'), '2 kg')
  assert.equal(await page.innerText('#expected-kg'), '60 kg')
  assert.equal(await page.innerText('#target-kg'), '60 kg')
  assert.match(await page.innerText('#short-parents'), /2 parents on this bill are short/)
  await page.click('[aria-label="Remove SB90711 from the bill"]')
  assert.match(await page.innerText('#said'), /SB90711 was removed.*1 of 2/)
  await page.goto(at('/bills'))
  await page.click('a:has-text("Recalculate all")')
  await page.click('button:has-text("Recalculate all bills")')
  assert.match(await page.innerText('#wrong'), /All figures were correct/)
  assert.deepEqual(faults, [])
  await close()
})

// A dispatcher looks on.

test('a dispatcher sees the bills of the own area, read-only; every change is refused', async () => {
  const [parent] = parentsFrom(840, 1)
  const imran = await site.person('imran')
  await filled(parent, 'BTLOOK', 3)
  await farida.makeBill('BT-LOOK', 2, [parent])
  const { page, faults, close } = await visit(arjun, '/bills')
  assert.equal(await page.locator('#create-bill').count(), 0)
  await page.fill('#bill-filters input[name=q]', 'BT-LOOK')
  await page.click('#bill-filters button')
  await page.click('#bills a:has-text("BT-LOOK")')
  assert.match(await page.innerText('#parents'), new RegExp(`${parent}.*3 / 30`, 's'))
  assert.equal(await page.locator('main form[method=post]').count(), 0, 'nothing to press')
  await page.click(`#parents a:has-text("3 / 30")`)
  assert.match(await page.innerText('main'), /BTLOOK03.*BTLOOK01/s)
  assert.deepEqual(faults, [])
  // The addresses themselves say no too.
  for (const path of ['complete', 'reopen', 'enter', 'unlink', 'delete', 'recalculate', 'edit']) {
    const status = await page.evaluate(async ([path, csrf]) => {
      const body = new URLSearchParams({ csrf, code: 'SB90840', confirm: 'BT-LOOK', capacity: '9' })
      return (await fetch(`/bills/BT-LOOK/${path}`, { method: 'POST', body })).status
    }, [path, arjun.csrf])
    assert.equal(status, 403, path)
  }
  for (const path of ['/bills/new', '/bills/BT-LOOK/edit', '/bills/recalculate']) {
    assert.equal((await page.goto(at(path))).status(), 403, path)
  }
  assert.deepEqual(await farida.parentsOn('BT-LOOK'), [parent])
  await close()
  // In another area there is no such bill.
  const other = await visit(imran, '/bills?q=BT-LOOK')
  assert.match(await other.page.innerText('main'), /No bills found/)
  assert.equal((await other.page.goto(at('/bills/BT-LOOK'))).status(), 404)
  await other.close()
})

// Long lists.

test('sixty bills and a bill of fifty-five parents are shown to their end, each once', async () => {
  for (let n = 1; n <= 60; n += 1) await farida.makeBill(`LONG-${String(n).padStart(3, '0')}`, 1)
  const parents = parentsFrom(850, 55)
  await farida.makeBill('BT-LONG', 50)
  await farida.send('PATCH', '/api/v1/bills/BT-LONG', { capacity: 60 })
  for (const code of parents) await farida.putOn('BT-LONG', code)
  const { page, faults, close } = await visit(farida, '/bills?q=LONG-&sort=number')
  const walk = async (selector) => {
    const seen = []
    for (let pages = 1; ; pages += 1) {
      seen.push(...(await page.$$eval(selector, (cells) => cells.map((cell) => cell.textContent.trim()))))
      const next = page.locator('a[rel=next]')
      if ((await next.count()) === 0) return { seen, pages }
      await next.click()
    }
  }
  const bills = await walk('#bills tbody th')
  assert.equal(new Set(bills.seen).size, 60)
  assert.equal(bills.seen.length, 60)
  assert.ok(bills.pages > 1)
  assert.match(page.url(), /q=LONG-/)
  await page.goto(at('/bills/BT-LONG'))
  const on = await walk('#parents tbody th')
  assert.deepEqual([...on.seen].sort(), parents)
  assert.equal(on.seen.length, 55)
  // The station shows them all too.
  await page.goto(at('/bills/station?bill=BT-LONG'))
  await floorShows(page, { bill: 'BT-LONG', count: 55 })
  assert.equal(await page.locator('#bags li[data-code]').count(), 55)
  assert.deepEqual(faults, [])
  await close()
})

test('every filter and order of the bills stays in the address, over back and reload', async () => {
  const { page, faults, close } = await visit(farida, '/bills')
  await page.click('.views a[href*="status=completed"]')
  await page.waitForURL('**status=completed**')
  await page.click('#bills thead a:has-text("Created")')
  await page.waitForURL('**sort=oldest**')
  await page.fill('#bill-filters [name=created_by]', 'fari')
  await page.click('#bill-filters .person [role=option]:has-text("farida")')
  await page.waitForURL('**created_by=farida**')
  const check = async () => {
    const { searchParams } = new URL(page.url())
    assert.deepEqual(['status', 'sort', 'created_by'].map((name) => searchParams.get(name)), ['completed', 'oldest', 'farida'])
    assert.equal(await page.getAttribute('.views a[href*="status=completed"]', 'aria-current'), 'true')
    assert.equal(await page.getAttribute('#bills thead th:has-text("Created")', 'aria-sort'), 'ascending')
    assert.match(await page.innerText('.filters-on'), /Created by: farida/)
  }
  await check()
  await page.reload()
  await check()
  await page.click('.views a >> nth=0')
  await page.goBack()
  await check()
  assert.deepEqual(faults, [])
  await close()
})
