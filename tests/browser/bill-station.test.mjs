// The bill station: bills filled with a scanner, off line too, and by two people at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CHILD_TONE,
  PARENT_TONE,
  AGAIN_TONES,
  REFUSED_TONES,
  beyondRefusals,
  beyondTheCut,
  childCodes,
  facts,
  floorShows,
  lastScans,
  openSite,
  parentCode,
  tones,
  until,
} from './support.mjs'

const BACK_ON_LINE_MS = 20_000

const { site, at, atStation, farida, meera, arjun } = await openSite('farida', 'meera', 'arjun')

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

// The station.

test('a bill is chosen and filled by scanner alone, completed with Alt+C, reopened, and all of it is true', async () => {
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
  await page.keyboard.press('Alt+c')
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
  await page.keyboard.press('Alt+c')
  await refused('bill_short', 'BT-REF', '2')
  await refuse('bad_code', 'KID<1')
  await refuse('is_child', 'BTR01')
  await refuse('already_on_bill', elsewhere, 'BT-ELSE')
  await wedge.scan(here)
  await shows(page, { banner: 'none', count: 1 })
  await wedge.scan(here)
  await shows(page, { banner: 'repeated', outcome: 'already_on_this_bill', count: 1 })
  assert.deepEqual((await tones(page)).slice(-2), AGAIN_TONES)

  // A label that nobody scanned yet: one press registers it.
  const fresh = parentCode(760)
  await refuse('unknown_bag', fresh)
  assert.match(await page.innerText('#key-register'), /Register and add/)
  await page.keyboard.press('Alt+m')
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
  assert.equal(seen.size, 12)
  const attention = Number((await facts(page)).attention)
  assert.ok(attention >= 5, `${attention} of the refusals are in the list`)
  assert.deepEqual(beyondRefusals(faults, 404), [])
  await close()
})

test('a parent is taken off by its button and by Alt+Z, on the server, and the history shows it', async () => {
  const [first, second, third] = parentsFrom(770, 3)
  await arjun.scan([first], [second], [third])
  await farida.makeBill('BT-UNDO', 3)
  const { page, wedge, faults, close } = await atBills('BT-UNDO')
  await wedge.scan([first, second, third])
  await shows(page, { count: 3 })
  await tones(page)
  await page.keyboard.press('Alt+z')
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
  const session = await site.anotherSession('farida')
  const { page, wedge, close } = await atBills('BT-STAY', { person: session })
  await wedge.scan(parents[0])
  await shows(page, { count: 1 })
  await page.reload()
  await shows(page, { ready: true, bill: 'BT-STAY', count: 1 })
  await session.signOut()
  await wedge.scan(parents.slice(1, 3))
  await floorShows(page, { waiting: 2, signedOut: true })
  assert.match(await page.innerText('#notices'), /signed out.*saved/s)
  await page.click('#sign-in')
  await page.fill('input[name=username]', 'farida')
  await page.fill('input[name=password]', site.password)
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
  await until('all sixteen are in the list', async () => (await left.page.locator('#bags li[data-code]').count()) === 16)

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

test('who may not bill is told so at the station, and nothing is kept', async () => {
  const { page, wedge, faults, close } = await atStation({ person: arjun, path: '/bills/station' })
  assert.match(await page.innerText('#notices'), /arjun is not allowed to scan here/)
  await wedge.scan(['BT-LOOK', parentCode(841)])
  await floorShows(page, { banner: 'refused', outcome: 'no_right', waiting: 0 })
  assert.deepEqual(faults, [])
  await close()
})
