// @vitest-environment happy-dom
// Proves the bill station as a whole against a small server that answers as the API describes: what is
// typed, what is sent, and what the page then shows.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BillKeeper } from '../src/bags/bill/keeper'
import { View } from '../src/bags/bill/view'
import { MemoryStore, viewFactName } from '../src/engine/store'

interface Sent {
  id: string
  action: string
  code?: string
  bill?: string
}

class Site {
  online = true
  /** Whom the server names, and whether it waits with that. */
  id = 7
  named: Promise<unknown> = Promise.resolve()
  knownParents = new Set(['SB00001', 'SB00002', 'SB00003', 'SB00004'])
  bills = new Map([['LKO-1', { bill: 'Lko-1', capacity: 2, status: 'new', on: [] as string[] }]])
  sent: Sent[] = []

  facts(number: string) {
    const bill = this.bills.get(number.toUpperCase())
    if (!bill) return {}
    const n = bill.on.length
    const kg = { actual_kg: n * 28, expected_kg: n * 30, target_kg: bill.capacity * 30, variance_kg: n * -2 }
    return { bill: bill.bill, bill_parents: n, bill_capacity: bill.capacity, bill_status: bill.status, ...kg }
  }

  outcome({ action, code = '', bill: number = '' }: Sent): string {
    const bill = this.bills.get(number.toUpperCase())
    if (!bill) return 'unknown_bill'
    if (action === 'bill_reopen') return (bill.status = 'processing') && 'bill_reopened'
    if (bill.status === 'completed') return 'bill_completed'
    if (action === 'bill_complete') return bill.on.length < bill.capacity ? 'bill_short' : (bill.status = 'completed') && 'bill_finished'
    if (action === 'bill_unlink') return (bill.on = bill.on.filter((one) => one !== code)) && 'bill_unlinked'
    if (action === 'bill_enter') this.knownParents.add(code)
    if (!this.knownParents.has(code)) return 'unknown_bag'
    if (bill.on.includes(code)) return 'already_on_this_bill'
    if (bill.on.length >= bill.capacity) return 'bill_full'
    bill.on.unshift(code)
    return 'bill_linked'
  }

  answer(path: string, init?: RequestInit): [number, unknown] {
    if (path === '/api/v1/me') return [200, { id: this.id, name: 'meera', csrf: 'proof', locale: 'en', can_scan: true, can_bill: true }]
    if (path.startsWith('/api/v1/bills?')) {
      return [200, { bills: [...this.bills.values()].map(({ bill, capacity, on }) => ({ bill, capacity, parents: on.length })), next: null }]
    }
    const number = decodeURIComponent(path.match(/^\/api\/v1\/bills\/([^?]+)/)?.[1] ?? '')
    if (number) {
      const bill = this.bills.get(number.toUpperCase())
      if (!bill) return [404, { code: 'not_found' }]
      const { bill_parents, bill_capacity, bill_status, ...rest } = this.facts(number) as Record<string, unknown>
      const bags = bill.on.map((code) => ({ code, children: 28, capacity: 30 }))
      return [200, { ...rest, parents: bill_parents, capacity: bill_capacity, status: bill_status, parent_bags: bags, next: null }]
    }
    const { scans } = JSON.parse(String(init?.body)) as { scans: Sent[] }
    this.sent.push(...scans)
    const results = scans.map((scan) => {
      const outcome = this.outcome(scan)
      return { id: scan.id, outcome, code: scan.code, ...this.facts(scan.bill ?? ''), bill: scan.bill, children: 28, capacity: 30 }
    })
    return [200, { results }]
  }
}

window.matchMedia = () => ({ matches: true }) as MediaQueryList
// The page of the tests has locks that give nobody a turn.
Object.defineProperty(navigator, 'locks', { value: { request: (_name: string, work: () => Promise<void>) => work() } })

let site: Site
let store: MemoryStore
let keeper: BillKeeper
let root: HTMLElement
let address: string[]
let wasSignInShown = false
const text = (selector: string) => root.querySelector(selector)?.textContent ?? ''
const press = (selector: string) => root.querySelector<HTMLElement>(selector)?.click()

async function open(named = ''): Promise<void> {
  document.body.innerHTML = '<div id="station" data-mode="bill"></div>'
  root = document.getElementById('station') as HTMLElement
  const view = new View(
    root,
    {
      undo: () => keeper.undo(),
      complete: () => keeper.complete(),
      reopen: () => keeper.reopen(),
      leaveBill: () => keeper.leaveBill(),
      choose: (number) => keeper.choose(number),
      remove: (code) => keeper.remove(code),
      registerNow: () => keeper.registerNow(),
      register: (entry) => keeper.register(entry),
      dismiss: (entry) => keeper.dismiss(entry),
      dismissAll: () => keeper.dismissAll(),
      openAttention: (isOpen) => keeper.openAttention(isOpen),
    },
  )
  const around = {
    store,
    station: 'dock-9',
    phrasesAddress: '/ui/phrases/en.json',
    tabs: null,
    wasSignInShown: () => wasSignInShown,
    personArrived: () => undefined,
  }
  keeper = new BillKeeper(around, { render: (state) => view.render(state), makeSound: () => undefined }, named, (bill) => address.push(bill))
  await keeper.start()
}

async function shows(wanted: Record<string, string>): Promise<void> {
  const facts = () => Object.fromEntries(Object.keys(wanted).map((name) => [name, root.getAttribute(`data-${name}`)]))
  await vi.waitFor(() => expect(facts()).toEqual(wanted), { timeout: 2000, interval: 5 })
}

async function scan(...codes: string[]): Promise<void> {
  for (const code of codes) keeper.onCode(code, 'scanner')
  await shows({ waiting: '0' })
}

beforeEach(() => {
  site = new Site()
  store = new MemoryStore()
  address = []
  wasSignInShown = false
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    if (!site.online) throw new TypeError('no network')
    if (path === '/api/v1/me') await site.named
    const [status, body] = site.answer(path, init)
    return new Response(JSON.stringify(body), { status })
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the bill station', () => {
  it('takes_the_first_code_as_the_bill_then_parents_and_completes_it', async () => {
    await open()
    await vi.waitFor(() => expect(text('#open')).toContain('Lko-1'))
    await scan('lko-1')
    await shows({ bill: 'Lko-1', count: '0', capacity: '2', missing: '2' })
    expect(address.at(-1)).toBe('Lko-1')
    expect([text('#key-complete span'), root.querySelector<HTMLButtonElement>('#key-complete')?.disabled]).toEqual(['2 parents missing', true])
    await scan('sb00001')
    await shows({ count: '1', status: 'new' })
    expect(text('#bags [data-code=SB00001]')).toContain('short: 28 of 30')
    expect(text('#warning')).toBe('SB00001 short: 28 of 30')
    expect(text('[data-figure=variance] dd')).toBe('−2 kg')
    expect(text('[data-figure=target] dd')).toBe('60 kg')
    await scan('SB00002')
    await shows({ missing: '0' })
    keeper.complete()
    await shows({ status: 'completed' })
    expect(text('#lead')).toBe('Complete: 2 of 2')
    expect(root.querySelector('#bags button')).toBeNull()
    expect(site.sent.map(({ action, code, bill }) => [action, code, bill])).toEqual([
      ['bill_link', 'SB00001', 'Lko-1'],
      ['bill_link', 'SB00002', 'Lko-1'],
      ['bill_complete', '', 'Lko-1'],
    ])
  })

  it('says_how_many_are_missing_instead_of_completing', async () => {
    await open('LKO-1')
    await shows({ count: '0' })
    keeper.complete()
    await shows({ outcome: 'bill_short' })
    expect(text('.way-out')).toBe('Parents missing on bill Lko-1: 2. Scan them, or lower its number of parents, then complete it.')
    expect(site.sent).toEqual([])
    keeper.clear()
    await shows({ banner: 'none' })
  })

  it('offers_to_register_a_label_that_nobody_has_scanned', async () => {
    await open('LKO-1')
    await shows({ count: '0' })
    await scan('SB00099')
    await shows({ outcome: 'unknown_bag', attention: '1' })
    expect(root.querySelector<HTMLElement>('#key-register')?.hidden).toBe(false)
    press('#key-register')
    await shows({ count: '1', attention: '0', banner: 'none' })
    expect(site.sent.at(-1)).toMatchObject({ action: 'bill_enter', code: 'SB00099', bill: 'Lko-1' })
  })

  it('offers_nothing_for_a_child_and_refuses_a_parent_before_there_is_a_bill', async () => {
    await open()
    await scan('SB00001')
    await shows({ outcome: 'no_bill' })
    await scan('LKO-1', 'KID17')
    await shows({ outcome: 'unknown_bag' })
    expect(root.querySelector<HTMLElement>('#key-register')?.hidden).toBe(true)
  })

  it('tells_a_number_that_no_bill_has_and_lets_choose_again', async () => {
    await open()
    await scan('NOBILL-7')
    await shows({ outcome: 'unknown_bill', bill: '' })
    press('#open [data-bill="Lko-1"]')
    await shows({ bill: 'Lko-1', count: '0', banner: 'none' })
  })

  it('removes_and_undoes', async () => {
    await open('LKO-1')
    await shows({ count: '0' })
    await scan('SB00001', 'SB00002')
    await shows({ count: '2' })
    keeper.undo()
    await shows({ count: '1', waiting: '0' })
    press('#bags [data-code=SB00001] button')
    await shows({ count: '0', waiting: '0' })
    expect(site.sent.slice(2).map(({ action, code }) => [action, code])).toEqual([
      ['bill_unlink', 'SB00002'],
      ['bill_unlink', 'SB00001'],
    ])
  })

  it('reopens_a_completed_bill_and_takes_the_next_number_as_the_next_bill', async () => {
    site.bills.set('JAI-2', { bill: 'Jai-2', capacity: 1, status: 'completed', on: ['SB00004'] })
    await open('JAI-2')
    await shows({ status: 'completed', count: '1' })
    press('#key-reopen')
    await shows({ status: 'processing' })
    keeper.complete()
    await shows({ status: 'completed' })
    await scan('LKO-1')
    await shows({ bill: 'Lko-1', count: '0' })
  })

  const otherBill = {
    number: 'OTHER-5',
    isKnown: true,
    parents: 0,
    capacity: 2,
    status: 'new',
    ...{ actualKg: 0, expectedKg: 0, targetKg: 60, varianceKg: 0 },
    bags: [],
  }

  it('shows_the_bill_of_the_address_to_whom_the_server_names_not_only_to_whom_it_assumed', async () => {
    await store.saveFact('me', { id: 7, name: 'farida', areaName: '', canScan: true, canBill: true, capacity: 30, labels: [], locale: 'en' })
    await store.saveFact(viewFactName(8, 'bill-view'), { bill: otherBill, last: [] })
    site.id = 8
    await open('LKO-1')
    await shows({ bill: 'Lko-1', person: 'meera' })
  })

  it('assumes_nobody_after_a_sign_out_and_keeps_codes_until_the_server_has_spoken', async () => {
    await store.saveFact('me', { id: 7, name: 'farida', areaName: '', canScan: true, canBill: true, capacity: 30, labels: [], locale: 'en' })
    wasSignInShown = true
    site.id = 8
    let speak: (value?: unknown) => void = () => undefined
    site.named = new Promise((resolve) => (speak = resolve))
    const opened = open('LKO-1')
    await vi.waitFor(() => expect(keeper).toBeDefined())
    keeper.onCode('SB00001', 'scanner')
    await new Promise((resolve) => setTimeout(resolve, 2_200))
    expect(site.sent).toEqual([])
    speak()
    await opened
    await shows({ waiting: '0', person: 'meera' })
    expect(site.sent.map(({ code }) => code)).toEqual(['SB00001'])
    expect((await store.head(7, 10)).length).toBe(0)
  })

  it('keeps_scans_for_their_bill_off_line_and_finds_them_after_a_reload', async () => {
    await open('LKO-1')
    await shows({ count: '0' })
    site.online = false
    keeper.wentOffline()
    await shows({ online: 'false' })
    keeper.onCode('SB00001', 'scanner')
    keeper.onCode('SB00001', 'scanner')
    await shows({ waiting: '1', outcome: 'already_on_this_bill', count: '0' })
    keeper.onCode('SB00002', 'scanner')
    await shows({ missing: '0', count: '0', banner: 'none' })
    expect(text('#note')).toBe('2 saved here, waiting to send')
    keeper.onCode('SB00003', 'scanner')
    await shows({ outcome: 'bill_full', waiting: '2' })
    keeper.leaveBill()
    keeper.onCode('OTHER-5', 'scanner')
    await shows({ bill: 'OTHER-5' })
    expect(text('#note')).toContain('has not checked this number')
    await vi.waitFor(async () => expect(await store.loadFact(viewFactName(7, 'bill-view'))).toMatchObject({ bill: { number: 'OTHER-5' } }))

    await open()
    await shows({ bill: 'OTHER-5', waiting: '2' })
    site.online = true
    keeper.mayBeBack()
    await shows({ waiting: '0' })
    expect(site.sent.map(({ code, bill }) => [code, bill])).toEqual([
      ['SB00001', 'Lko-1'],
      ['SB00002', 'Lko-1'],
    ])
    expect(site.bills.get('LKO-1')?.on).toEqual(['SB00002', 'SB00001'])
    await shows({ outcome: 'unknown_bill', bill: '' })
  })

  it('shows_nothing_as_waiting_that_a_page_had_answered_before_it_ended', async () => {
    await open('LKO-1')
    await shows({ count: '0' })
    site.online = false
    keeper.wentOffline()
    await shows({ online: 'false' })
    keeper.onCode('SB00001', 'scanner')
    keeper.onCode('SB00002', 'scanner')
    await shows({ waiting: '2' })
    const items = await store.head(7, 10)
    const answers = items.map((item, n) => ({ item, result: { id: item.id, outcome: n === 0 ? 'bill_linked' : 'unknown_bag' } }))
    await store.settle(answers, answers.slice(1))
    site.online = true
    keeper.mayBeBack()
    await shows({ waiting: '0', attention: '1' })
    expect(site.sent).toEqual([])
  })
})
