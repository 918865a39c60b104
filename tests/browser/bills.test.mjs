// Bills as billers make and fill them: with a scanner at the bill station, and by hand on the pages of the office.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CHILD_TONE,
  PARENT_TONE,
  REFUSED_TONES,
  beyondRefusals,
  beyondTheCut,
  childCodes,
  facts,
  floorShows,
  lastScans,
  openHouse,
  parentCode,
  tones,
  until,
} from './support.mjs'

const BACK_ON_LINE_MS = 20_000

const { house, at, visit, atStation, farida, meera, arjun } = await openHouse('farida', 'meera', 'arjun')

/** Parents with this many children each, scanned by a dispatcher as on any day. */
async function filled(parent, mark, count) {
  await arjun.scan([parent], ...childCodes(mark, count).map((code) => [code, parent]))
}

const parentsFrom = (first, count) => Array.from({ length: count }, (_, n) => parentCode(first + n))

/** At the bill station, with a bill shown when it is named. */
async function atBills(number, options = {}) {
  const floor = await atStation({ path: number ? `/bills/station?bill=${number}` : '/bills/station', ...options })
  if (number) await floorShows(floor.page, { bill: number, online: true })
  return floor
}

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
    ['AB', '5', 'bill', /AB cannot be a bill's number.*3 to 50/],
    ['X'.repeat(51), '5', 'bill', /3 to 50/],
    ['BT-NEW', '0', 'capacity', /whole number from 1 to 50/],
    ['BT-NEW', '51', 'capacity', /whole number from 1 to 50/],
    ['BT-NEW', '', 'capacity', /whole number from 1 to 50/],
    ['bt-there', '5', 'bill', /bt-there is there already/i],
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
  assert.match(await page.innerText('#said[role=status]'), /BT-New\/1 is there.*3 in all/)
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
  assert.match(await page.innerText('#said'), /Nothing was changed/)
  await edit('1')
  assert.equal(await page.locator('input[name=capacity]:invalid').count(), 1, 'the browser knows it before anything is sent')
  await page.$eval('#bill-form', (form) => (form.noValidate = true))
  await page.click('#bill-form button')
  assert.match(await page.innerText('#fault'), /Parents on bill BT-EDIT: 2\. It cannot take fewer/)
  assert.equal((await farida.bill('BT-EDIT')).capacity, 3)
  await edit('100', 'Two lines\nof text')
  assert.match(await page.innerText('#said'), /was changed.*100/)
  await edit()
  assert.match(await page.innerText('#said'), /Nothing was changed/, 'line ends alone are no change')
  assert.equal((await farida.bill('BT-EDIT')).capacity, 100)
  assert.deepEqual(beyondRefusals(faults, 422), [])
  await close()
})

test('a bill is deleted by who types its number, and its parents are free', async () => {
  const [parent] = parentsFrom(705, 1)
  await farida.makeBill('BT-DEL', 1, [parent])
  const { page, faults, close } = await visit(meera, '/bills/BT-DEL')
  await page.click('summary:has-text("Delete this bill")')
  const button = page.locator('#delete-bill button')
  assert.equal(await button.isDisabled(), true, 'nothing is typed, nothing can be pressed')
  await page.fill('#delete-bill input[name=confirm]', 'BT-DE')
  assert.equal(await button.isDisabled(), true)
  await page.fill('#delete-bill input[name=confirm]', 'BT-DEL')
  await button.click()
  await page.waitForURL('**/bills?*')
  assert.match(await page.innerText('#said'), /BT-DEL was deleted.*free/)
  assert.equal(await farida.bill('BT-DEL'), null)
  assert.equal((await farida.bag(parent)).bill, null)
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
  assert.match(await enter(parentCode(711).toLowerCase()), /SB90711 is on bill BT-HAND now: 1 of 2/)
  assert.match(await enter('NOTAPARENT'), /not a parent label/)
  assert.match(await enter('HANDA01'), /HANDA01 is a child bag/)
  assert.match(await enter(parentCode(711)), /already/)
  assert.match(await enter(parentCode(710)), /2 of 2/)
  assert.match(await enter(parentCode(712)), /full: 2 of 2/)
  await page.click('#recalculate')
  assert.match(await page.innerText('#said'), /counted again and are right/)
  assert.equal(await page.innerText('#actual-kg'), '2 kg')
  assert.equal(await page.innerText('#expected-kg'), '60 kg')
  assert.equal(await page.innerText('#target-kg'), '60 kg')
  assert.match(await page.innerText('#short-parents'), /2 parents on this bill are short/)
  await page.click('[aria-label="Remove SB90711 from the bill"]')
  assert.match(await page.innerText('#said'), /SB90711 was taken off.*1 of 2/)
  await page.goto(at('/bills'))
  await page.click('a:has-text("Recalculate all")')
  await page.click('button:has-text("Recalculate all bills")')
  assert.match(await page.innerText('#wrong'), /All were right/)
  assert.deepEqual(faults, [])
  await close()
})

// The station.

test('a bill is chosen and filled by scanner alone, completed with Ctrl+Enter, reopened, and all of it is true', async () => {
  const [full, short, closed] = parentsFrom(720, 3)
  await filled(full, 'BTF', 30)
  await filled(short, 'BTS', 2)
  await filled(closed, 'BTC', 1)
  await farida.makeBill('BT-FILL', 3)
  const { page, wedge, faults, close } = await atBills()
  await until('open bills are offered', async () => (await page.locator('#open button[data-bill="BT-FILL"]').count()) === 1)
  await wedge.scan('BT-FILL', { msPerKey: 1 })
  await shows(page, { bill: 'BT-FILL', count: 0, capacity: 3, status: 'new' })
  assert.deepEqual(await tones(page), [PARENT_TONE])
  assert.equal(new URL(page.url()).searchParams.get('bill'), 'BT-FILL', 'a reload finds the bill again')
  await wedge.scan([full, short], { msPerKey: 1 })
  await shows(page, { count: 2, status: 'processing', missing: 1 })
  assert.match(await page.innerText('#warning'), /SB90721 short: 2 of 30/)
  assert.match(await page.innerText('#key-complete'), /1 parent missing/)
  // A scanner with no suffix: a pause is the end.
  await wedge.scan(closed, { suffix: 'none', msPerKey: 2 })
  await shows(page, { count: 3, missing: 0 })
  const figures = await page.$$eval('#figures dd', (nodes) => nodes.map((node) => node.textContent))
  assert.deepEqual(figures, ['33 kg', '90 kg', '90 kg', '−57 kg'])
  assert.deepEqual(await page.$$eval('#bags li[data-code]', (items) => items.map((item) => item.dataset.code)), [closed, short, full])
  assert.match(await page.innerText(`#bags li[data-code=${short}]`), /short: 2 of 30/)
  await page.keyboard.press('Control+Enter')
  await shows(page, { status: 'completed', banner: 'none' })
  assert.match(await page.getAttribute('#now', 'class'), /\bok\b/)
  assert.match(await page.innerText('#note'), /Scan the next bill/)
  const done = await farida.bill('BT-FILL')
  assert.deepEqual([done.status, done.parents, done.actual_kg, done.completed_by], ['completed', 3, 33, 'farida'])
  await page.click('#key-reopen')
  await shows(page, { status: 'processing' })
  assert.equal((await farida.bill('BT-FILL')).status, 'processing')
  assert.ok((await tones(page)).every(({ hertz }) => hertz === PARENT_TONE.hertz), 'nothing was refused')
  assert.deepEqual(faults, [])
  await close()
})

test('twenty parents typed without a pause all go on the bill', async () => {
  const parents = parentsFrom(730, 20)
  await arjun.scan(...parents.map((code) => [code]))
  await farida.makeBill('BT-FAST', 20)
  const { page, wedge, faults, close } = await atBills()
  await wedge.scan(['BT-FAST', ...parents])
  await shows(page, { bill: 'BT-FAST', count: 20, missing: 0 }, 15_000)
  assert.deepEqual(await farida.parentsOn('BT-FAST'), parents)
  assert.deepEqual(faults, [])
  await close()
})

test('every refusal at the bill station is heard and seen, names its way out, and never stops the next scan', async () => {
  const [here, elsewhere, kept, extra] = parentsFrom(751, 4)
  await filled(here, 'BTR', 1)
  await arjun.scan([elsewhere], [kept], [extra])
  await farida.makeBill('BT-REF', 2)
  await farida.makeBill('BT-ELSE', 2, [elsewhere])
  await farida.makeBill('BT-OVER', 1, [kept])
  const { page, wedge, faults, close } = await atBills()
  const paper = () => page.$eval('#now', (node) => getComputedStyle(node).backgroundColor)
  const calm = await paper()
  const seen = new Set()
  const refused = async (outcome, ...names) => {
    await shows(page, { banner: 'refused', outcome })
    assert.deepEqual((await tones(page)).slice(-2), REFUSED_TONES, outcome)
    assert.equal(await page.getAttribute('html', 'data-last-sound'), 'refused')
    assert.match(await page.getAttribute('#now', 'class'), /\bno\b/, outcome)
    await until(`${outcome} has its own colour`, async () => (await paper()) !== calm)
    const words = await page.innerText('#refusal')
    for (const name of [outcome, ...names]) assert.ok(words.includes(name), `${outcome}: ${words} does not name ${name}`)
    assert.ok(words.length > outcome.length + 40, `${outcome}: no way out in: ${words}`)
    assert.doesNotMatch(words, /\{|…|undefined|null|NaN/, outcome)
    seen.add(outcome)
  }
  const refuse = async (outcome, code, ...names) => {
    await wedge.scan(code)
    await refused(outcome, code, ...names)
  }

  await refuse('no_bill', here)
  await refuse('bad_bill', 'AB')
  await refuse('unknown_bill', 'BT-NOWHERE')
  await wedge.scan('BT-REF')
  await shows(page, { bill: 'BT-REF', banner: 'none', count: 0 })
  await page.keyboard.press('Control+Enter')
  await refused('bill_short', 'BT-REF', '2')
  await refuse('bad_code', 'KID<1')
  await refuse('is_child', 'BTR01')
  await refuse('already_on_bill', elsewhere, 'BT-ELSE')
  await wedge.scan(here)
  await shows(page, { banner: 'none', count: 1 })
  await refuse('already_on_this_bill', here)
  assert.equal((await facts(page)).count, '1')

  // A label that nobody scanned yet: one press registers it.
  const fresh = parentCode(760)
  await refuse('unknown_bag', fresh)
  assert.match(await page.innerText('#key-register'), /Register and add/)
  await page.keyboard.press('Control+m')
  await shows(page, { banner: 'none', count: 2 })
  assert.deepEqual(await farida.parentsOn('BT-REF'), [here, fresh])
  await refuse('bill_full', extra, 'BT-REF', '2')

  // Somebody else was here meanwhile.
  await farida.send('DELETE', `/api/v1/bills/BT-REF/parents/${fresh}`)
  await page.click(`[aria-label="Remove ${fresh} from the bill"]`)
  await refused('not_on_bill', fresh)
  await wedge.scan(fresh)
  await shows(page, { banner: 'none', count: 2 })
  await farida.send('POST', '/api/v1/bills/BT-REF/complete')
  await page.click(`[aria-label="Remove ${fresh} from the bill"]`)
  await refused('bill_completed', 'BT-REF')
  await shows(page, { status: 'completed' })
  await farida.send('POST', '/api/v1/bills/BT-REF/reopen')
  await page.click('#key-reopen')
  await refused('bill_open', 'BT-REF')

  // Nobody pressed anything away; the next bill is scanned and filled.
  await page.click('#key-other')
  await wedge.scan(['BT-ELSE', extra])
  await shows(page, { bill: 'BT-ELSE', banner: 'none', count: 2 })
  assert.equal(seen.size, 13)
  const attention = Number((await facts(page)).attention)
  assert.ok(attention >= 5, `${attention} of the refusals are in the list`)
  assert.deepEqual(beyondRefusals(faults, 404), [])
  await close()
})

test('a parent is taken off by its button and by Ctrl+Z, on the server, and the history shows it', async () => {
  const [first, second, third] = parentsFrom(770, 3)
  await arjun.scan([first], [second], [third])
  await farida.makeBill('BT-UNDO', 3)
  const { page, wedge, faults, close } = await atBills('BT-UNDO')
  await wedge.scan([first, second, third])
  await shows(page, { count: 3 })
  await tones(page)
  await page.keyboard.press('Control+z')
  await shows(page, { count: 2, banner: 'none' })
  assert.deepEqual(await tones(page), [CHILD_TONE])
  assert.deepEqual(await farida.parentsOn('BT-UNDO'), [first, second])
  await page.click(`[aria-label="Remove ${first} from the bill"]`)
  await shows(page, { count: 1, banner: 'none' })
  assert.deepEqual(await farida.parentsOn('BT-UNDO'), [second])
  assert.equal((await farida.bag(first)).bill, null)
  const { history } = await farida.bag(third)
  assert.deepEqual(history.slice(0, 2).map(({ outcome }) => outcome), ['bill_unlinked', 'bill_linked'])
  await wedge.scan(third)
  await shows(page, { count: 2 })
  assert.equal((await lastScans(page))[0].code, third)
  assert.deepEqual(faults, [])
  await close()
})

test('the bill survives a reload, a sign-out and a new sign-in, with what was scanned in between', async () => {
  const parents = parentsFrom(780, 4)
  await arjun.scan(...parents.map((code) => [code]))
  await farida.makeBill('BT-STAY', 4)
  const session = await house.anotherSession('farida')
  const { page, wedge, close } = await atBills('BT-STAY', { person: session })
  await wedge.scan(parents[0])
  await shows(page, { count: 1 })
  await page.reload()
  await shows(page, { ready: true, bill: 'BT-STAY', count: 1 })
  await session.signOut()
  await wedge.scan(parents.slice(1, 3))
  await floorShows(page, { waiting: 2, signedOut: true })
  assert.match(await page.innerText('#notices'), /signed out.*kept/s)
  await page.click('#sign-in')
  await page.fill('input[name=username]', 'farida')
  await page.fill('input[name=password]', house.password)
  await page.press('input[name=password]', 'Enter')
  await page.waitForURL('**/bills/station?*')
  await shows(page, { ready: true, signedOut: false, bill: 'BT-STAY', count: 3 })
  await wedge.scan(parents[3])
  await shows(page, { count: 4 })
  assert.deepEqual(await farida.parentsOn('BT-STAY'), parents)
  await close()
})

test('the network is cut in the middle of a bill and the bill is switched: every parent is on the bill that was shown', async () => {
  const [first, second] = [parentsFrom(790, 9), parentsFrom(800, 6)]
  await arjun.scan(...[...first, ...second].map((code) => [code]))
  await farida.makeBill('BT-CUT1', 9)
  await farida.makeBill('BT-CUT2', 6)
  const { context, page, wedge, faults, close } = await atBills('BT-CUT1')
  await wedge.scan(first.slice(0, 4))
  await shows(page, { count: 4 })
  await context.setOffline(true)
  await floorShows(page, { online: false })
  const shown = new Map()
  const scan = async (code) => {
    await wedge.scan(code)
    await floorShows(page, { waiting: shown.size + 1, banner: 'none' })
    shown.set(code, (await facts(page)).bill)
  }
  for (const code of first.slice(4)) await scan(code)
  assert.equal(await page.isVisible('#key-other'), true)
  await page.click('#key-other')
  await wedge.scan('BT-CUT2')
  await floorShows(page, { bill: 'BT-CUT2' })
  for (const code of second) await scan(code)
  assert.equal(shown.get(first[4]), 'BT-CUT1')
  assert.equal(shown.get(second[0]), 'BT-CUT2')
  assert.deepEqual(await farida.parentsOn('BT-CUT2'), [])
  await context.setOffline(false)
  await shows(page, { online: true, attention: 0, bill: 'BT-CUT2', count: 6 }, BACK_ON_LINE_MS)
  assert.deepEqual(await farida.parentsOn('BT-CUT1'), first)
  assert.deepEqual(await farida.parentsOn('BT-CUT2'), second)
  for (const [code, bill] of shown) assert.equal((await farida.bag(code)).bill, bill, code)
  assert.deepEqual(beyondTheCut(faults), [])
  await close()
})

test('two people fill one bill at once, and of one parent for two bills exactly one wins and the other is told', async () => {
  const [mine, theirs] = [parentsFrom(810, 8), parentsFrom(820, 8)]
  const [disputed] = parentsFrom(830, 1)
  await arjun.scan(...[...mine, ...theirs, disputed].map((code) => [code]))
  await farida.makeBill('BT-BOTH', 16)
  await farida.makeBill('BT-RIVAL', 2)
  const [left, right] = [await atBills('BT-BOTH'), await atBills('BT-BOTH', { person: meera })]
  await Promise.all([left.wedge.scan(mine), right.wedge.scan(theirs)])
  await Promise.all([shows(left.page, { banner: 'none' }), shows(right.page, { banner: 'none' })])
  await until('all sixteen are on it', async () => (await farida.bill('BT-BOTH')).parents === 16)
  assert.deepEqual(await farida.parentsOn('BT-BOTH'), [...mine, ...theirs])
  // Who looks at the page again sees what the other has done.
  await left.page.reload()
  await shows(left.page, { ready: true, count: 16 })
  assert.equal(await left.page.locator('#bags li[data-code]').count(), 16)

  await left.page.goto(at('/bills/station?bill=BT-RIVAL'))
  await shows(left.page, { ready: true, bill: 'BT-RIVAL', count: 0 })
  await farida.send('PATCH', '/api/v1/bills/BT-BOTH', { capacity: 20 })
  await right.page.reload()
  await shows(right.page, { ready: true, bill: 'BT-BOTH', capacity: 20 })
  await Promise.all([left.wedge.scan(disputed), right.wedge.scan(disputed)])
  await Promise.all([shows(left.page, {}), shows(right.page, {})])
  await until('both have their answer', async () => {
    const seen = await Promise.all([left, right].map(({ page }) => facts(page)))
    return seen.filter(({ outcome }) => outcome === 'already_on_bill').length === 1
  })
  const on = await Promise.all(['BT-BOTH', 'BT-RIVAL'].map(async (bill) => (await farida.parentsOn(bill)).includes(disputed)))
  assert.deepEqual(on.sort(), [false, true])
  assert.deepEqual([...left.faults, ...right.faults], [])
  await left.close()
  await right.close()
})

// A dispatcher looks on.

test('a dispatcher sees the bills of the own area, read-only; every change is refused', async () => {
  const [parent] = parentsFrom(840, 1)
  const imran = await house.person('imran')
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
  assert.match(await other.page.innerText('main'), /No bills here/)
  assert.equal((await other.page.goto(at('/bills/BT-LOOK'))).status(), 404)
  await other.close()
})

test('who may not bill is told so at the station, and nothing is kept', async () => {
  const { page, wedge, faults, close } = await atStation({ person: arjun, path: '/bills/station' })
  assert.match(await page.innerText('#notices'), /arjun may not/)
  await wedge.scan(['BT-LOOK', parentCode(841)])
  await floorShows(page, { banner: 'refused', outcome: 'no_right', waiting: 0 })
  assert.deepEqual(faults, [])
  await close()
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
  await page.selectOption('#bill-filters [name=status]', 'completed')
  await page.selectOption('#bill-filters [name=sort]', 'oldest')
  await page.selectOption('#bill-filters [name=created_by]', 'farida')
  await page.click('#bill-filters button:has-text("Show")')
  const check = async () => {
    const { searchParams } = new URL(page.url())
    assert.deepEqual(['status', 'sort', 'created_by'].map((name) => searchParams.get(name)), ['completed', 'oldest', 'farida'])
    assert.equal(await page.inputValue('#bill-filters [name=status]'), 'completed')
    assert.equal(await page.inputValue('#bill-filters [name=sort]'), 'oldest')
  }
  await check()
  await page.reload()
  await check()
  await page.click('#bill-counts a >> nth=0')
  await page.goBack()
  await check()
  assert.deepEqual(faults, [])
  await close()
})
