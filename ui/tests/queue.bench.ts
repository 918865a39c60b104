// What the tests of the queue share: a sender on a store of its own, a server that can misbehave, and scans.
import 'fake-indexeddb/auto'
import { CHANNELS } from '../src/bags/channels'
import type { BagItem } from '../src/bags/items'
import { Channels, type Channel } from '../src/engine/channel'
import type { Answer, Item, Result } from '../src/engine/items'
import type { Reply } from '../src/engine/send'
import { Sender, type Link, type Person } from '../src/engine/sender'
import { MemoryStore, openStore, type Store } from '../src/engine/store'

let databases = 0
let ids = 0

/** A name that no other test has used for its database. */
export function databaseName(): string {
  databases += 1
  return `test-${databases}`
}

/** Every test of the queue runs on both stores. */
export const STORES: [string, () => Promise<Store>][] = [
  ['IndexedDB', () => openStore(databaseName())],
  ['memory', async () => new MemoryStore()],
]

export function scan(code: string, more: Partial<BagItem> = {}): BagItem {
  ids += 1
  const id = `id-${String(ids).padStart(6, '0')}`
  return { id, personId: 7, at: '2026-11-21T06:10:07.000Z', channel: 'bags', action: 'child', code, parent: 'SB00001', ...more }
}

export function who(id: number, csrf: string, rights: Person['rights'] = {}): Person {
  return { id, csrf, rights: { can_scan: true, can_bill: true, ...rights } }
}

/** A server that answers each id once and the same way again, and can be told to misbehave. */
export class FakeServer {
  person: Person | 'signed_out' | 'offline' = who(7, 'a')
  csrf = 'a'
  done: string[] = []
  batches: string[][] = []
  answers = new Map<string, Result>()
  refuse = new Set<string>()
  unreadable = new Set<string>()
  troubles: (Reply | 'lost')[] = []

  /** The addresses that were posted to. */
  addresses = new Set<string>()

  post(channel: Channel, items: Item[], csrf: string): Reply {
    this.addresses.add(channel.address)
    const trouble = this.troubles.shift()
    if (trouble && trouble !== 'lost') return trouble
    if (csrf !== this.csrf) return { kind: 'forbidden' }
    this.batches.push(items.map(({ code }) => code ?? ''))
    if (items.some(({ code }) => this.unreadable.has(code ?? ''))) return { kind: 'malformed' }
    const results = items.map((item) => this.answer(item))
    return trouble === 'lost' ? { kind: 'offline' } : { kind: 'answered', results }
  }

  private answer(item: Item): Result {
    const before = this.answers.get(item.id)
    if (before) return before
    const code = item.code ?? ''
    const outcome = this.refuse.has(code) ? 'parent_full' : 'linked'
    if (outcome === 'linked') this.done.push(code)
    const result = { id: item.id, outcome, code }
    this.answers.set(item.id, result)
    return result
  }
}

export interface Bench {
  store: Store
  server: FakeServer
  sender: Sender
  answered: Answer[]
  links: Link[]
  waits: number[]
  /** Lets everything run, timers included, until nothing moves any more. */
  settle(turns?: number): Promise<void>
}

export function bench(
  store: Store,
  server = new FakeServer(),
  locks: { held: Promise<unknown> } = { held: Promise.resolve() },
  channels: readonly Channel[] = CHANNELS,
): Bench {
  const timers: (() => void)[] = []
  const answered: Answer[] = []
  const links: Link[] = []
  const waits: number[] = []
  const sender = new Sender({
    store,
    channels: new Channels(channels),
    post: async (channel, items, csrf) => server.post(channel, items, csrf),
    whoAmI: async () => server.person,
    onAnswers: (answers) => answered.push(...answers),
    onLink: (link) => links.push(link),
    withLock: (work) => {
      const mine = locks.held.then(work)
      locks.held = mine.catch(() => undefined)
      return mine
    },
    setTimer: (work, delayMs) => {
      waits.push(delayMs)
      return timers.push(work)
    },
    clearTimer: (timer) => (timers[(timer as number) - 1] = () => undefined),
  })
  const settle = async (turns = 12) => {
    for (let turn = 0; turn < turns; turn += 1) {
      for (let i = 0; i < 40; i += 1) await new Promise((resolve) => setImmediate(resolve))
      for (const work of timers.splice(0)) work()
    }
  }
  return { store, server, sender, answered, links, waits, settle }
}

export async function keepAll(store: Store, codes: string[], more: Partial<BagItem> = {}): Promise<Item[]> {
  const kept: Item[] = []
  for (const code of codes) kept.push(await store.keep(scan(code, more), null, false))
  return kept
}

export const codesOf = (count: number) => Array.from({ length: count }, (_, n) => `KID${String(n).padStart(4, '0')}`)
