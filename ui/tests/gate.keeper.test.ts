// @vitest-environment happy-dom
// Proves what a gate does when the server's answer is late: what was shown is told, and what was not shown is not.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemoryStore } from '../src/engine/store'
import { GateKeeper } from '../src/passes/gate/keeper'
import type { State } from '../src/passes/gate/state'

const ID = '11111111-2222-4333-8444-555555555555'
const EVENT = {
  id: 7, name: 'Diwali', place: '', state: 'open', starts_at: null, ends_at: null, early_minutes: 180, one_by_one: false, re_entry: false, inside_max: null,
}
const START: State = {
  person: null, session: 'in', link: 'ok', lasting: true, event: null, takenAt: '', listSize: 0, waiting: 0, others: [], inside: 0, conflicts: 0,
  hasNewConflict: false, yes: 0, no: 0, verdict: null, camera: { kind: 'off' }, direction: 'admit', oneByOne: false, found: null, asksReason: false, gate: '', device: 'D1',
}

interface Sent {
  id: string
  offline?: unknown
}

/** A store that can be slow with the notes of a gate. */
class SlowStore extends MemoryStore {
  waits: Promise<void> | null = null
  isFull = false

  override async changeFact<T>(name: string, change: (value: T | undefined) => T): Promise<void> {
    if (this.waits) await this.waits
    if (this.isFull) throw new DOMException('full', 'QuotaExceededError')
    return super.changeFact(name, change)
  }
}

let store: SlowStore
let states: State[]
let sent: Sent[]
let answer: (outcome: string) => void
let keeper: GateKeeper
/** What another page of the device tells this one. */
let hear: (event: { data: unknown }) => void

const now = () => states.at(-1) as State

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'], shouldAdvanceTime: true })
  store = new SlowStore()
  states = []
  sent = []
  answer = () => undefined
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    const told = (body: unknown) => new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'application/json' } })
    if (path.endsWith('/passes')) return told({ taken_at: new Date().toISOString(), passes: [{ id: ID, people: 1, admitted: 0, inside: 0 }], next: null })
    if (path.includes('/events/')) return told({ id: 3, name: 'meera', can_undo: false, event: EVENT, keys: [], inside: 0, conflicts: 0, csrf: 'proof', locale: 'en' })
    const { scans } = JSON.parse(String(init?.body)) as { scans: Sent[] }
    sent.push(...scans)
    const outcome = await new Promise<string>((done) => (answer = done))
    return told({ results: scans.map(({ id }) => ({ id, outcome, pass: ID, inside: 0 })) })
  })
  hear = () => undefined
  const tabs = { addEventListener: (_: string, listener: typeof hear) => (hear = listener), postMessage: () => undefined } as unknown as BroadcastChannel
  const deps = { store, tabs, eventId: 7, speak: () => undefined, withLock: (work: () => Promise<void>) => work() }
  keeper = new GateKeeper({ ...deps, screen: { render: (state) => states.push(state), makeSound: () => undefined } }, START)
  await keeper.start()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const notes = async () => Object.keys((await store.loadFact<object>('gate-let-in')) ?? {})

describe('an answer that is late', () => {
  it('finds_what_was_shown_before_it_and_tells_the_server_of_it', async () => {
    await keeper.scan({ pass: ID })
    await vi.advanceTimersByTimeAsync(1_300)
    expect(now().verdict).toMatchObject({ tone: 'yes', outcome: 'admitted' })
    expect(await notes()).toEqual([sent[0]?.id])
    answer('cancelled')
    await vi.advanceTimersByTimeAsync(100)
    expect(now().verdict).toMatchObject({ tone: 'no', outcome: 'cancelled' })
    expect(await notes()).toEqual([])
    expect(sent[1]?.offline, 'somebody was let in').toBeTruthy()
  })

  it('that_comes_while_the_entry_is_noted_is_what_is_shown_and_nobody_was_let_in', async () => {
    let noted = () => undefined as void
    store.waits = new Promise((done) => (noted = done))
    await keeper.scan({ pass: ID })
    await vi.advanceTimersByTimeAsync(1_300)
    expect(now().verdict?.tone).toBe('wait')
    answer('cancelled')
    await vi.advanceTimersByTimeAsync(100)
    noted()
    await vi.advanceTimersByTimeAsync(100)
    expect(states.some(({ verdict }) => verdict?.tone === 'yes')).toBe(false)
    expect(now()).toMatchObject({ inside: 0, yes: 0, no: 1, verdict: { outcome: 'cancelled' } })
    expect(await notes()).toEqual([])
    expect(sent).toHaveLength(1)
  })

  it('that_another_page_has_got_is_no_longer_waited_for', async () => {
    await keeper.scan({ pass: ID })
    await vi.advanceTimersByTimeAsync(100)
    const [item] = await store.head(3, 1)
    hear({ data: { answers: [{ item, result: { id: item?.id, outcome: 'already_admitted', pass: ID } }] } })
    await vi.advanceTimersByTimeAsync(1_300)
    expect(states.some(({ verdict }) => verdict?.tone === 'yes')).toBe(false)
    expect(now().verdict).toMatchObject({ outcome: 'already_admitted' })
    expect(await notes()).toEqual([])
  })

  it('lets_nobody_in_on_a_device_that_cannot_note_it', async () => {
    store.isFull = true
    await keeper.scan({ pass: ID })
    await vi.advanceTimersByTimeAsync(1_300)
    expect(now().verdict).toMatchObject({ tone: 'no', outcome: 'not_kept' })
    answer('admitted')
    await vi.advanceTimersByTimeAsync(100)
    expect(now().verdict).toMatchObject({ tone: 'yes', outcome: 'admitted', isLocal: false })
  })

  it('is_asked_for_again_where_the_page_that_got_it_ended_before_it_told_of_the_entry', async () => {
    await keeper.scan({ pass: ID })
    await vi.advanceTimersByTimeAsync(1_300)
    expect(now().verdict).toMatchObject({ tone: 'yes', outcome: 'admitted' })
    const [item] = await store.head(3, 1)
    await store.settle(item ? [{ item, result: { id: item.id, outcome: 'cancelled' } }] : [], [])
    await vi.advanceTimersByTimeAsync(15_000)
    expect((await store.head(3, 2)).map(({ id }) => id)).toEqual([item?.id])
    answer('cancelled')
    await vi.advanceTimersByTimeAsync(100)
    answer('cancelled')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sent.filter(({ offline }) => offline)).toHaveLength(1)
    expect(await notes()).toEqual([])
  })
})
