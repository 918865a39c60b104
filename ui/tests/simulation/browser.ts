// A device with its browser: pages that open and end at any moment, one disk, one cookie, locks and channels between tabs.
//
// Invariant: a page that has ended does nothing more. Whatever it waits for never comes; what it was writing is either
// written whole or not at all.
import { unwrap, type IDBPDatabase } from 'idb'
import { CHANNEL } from '../../src/passes/gate/channel'
import { BillKeeper } from '../../src/bags/bill/keeper'
import { CHANNELS } from '../../src/bags/channels'
import { BagKeeper } from '../../src/bags/station/keeper'
import { Channels } from '../../src/engine/channel'
import type { Attention, NewItem } from '../../src/engine/items'
import { openStore, type Store } from '../../src/engine/store'
import { GateKeeper } from '../../src/passes/gate/keeper'
import type { State as GateState } from '../../src/passes/gate/state'
import { EVENT } from './site'
import { callers, cutOff, type Caller } from './surroundings'
import type { World } from './world'

export type Kind = 'bags' | 'bill' | 'gate'

/** What every page of a station shows that matters here, whatever its kind. */
export interface Seen {
  me?: { id: number } | null
  person?: { id: number } | null
  waiting: readonly NewItem[] | number
  attention?: readonly Attention[]
  verdict?: GateState['verdict']
}

const ALL = new Channels([...CHANNELS, CHANNEL])
/** Every channel that any page knows, to say what an answer means. */
export const channelOf = (item: NewItem) => ALL.of(item)

const FIRST_AT_GATE: GateState = {
  person: null, session: 'in', link: 'ok', lasting: true, event: null, takenAt: '', listSize: 0, waiting: 0, others: [], inside: 0, conflicts: 0,
  hasNewConflict: false, yes: 0, no: 0, verdict: null, camera: { kind: 'off' }, direction: 'admit', oneByOne: false, found: null, asksReason: false, gate: 'north', device: 'D1',
}

interface Turn {
  page: Page
  work: () => Promise<void>
  done: () => void
}

/** The one lock that the pages of a browser share. */
class Lock {
  private held: Turn | null = null
  private readonly queue: Turn[] = []

  constructor(private readonly world: World) {}

  request(page: Page, work: () => Promise<void>): Promise<void> {
    const turn = new Promise<void>((done) => this.queue.push({ page, work, done }))
    this.grant()
    return turn
  }

  drop(page: Page): void {
    const left = this.queue.filter((turn) => turn.page !== page)
    this.queue.splice(0, this.queue.length, ...left)
    if (this.held?.page === page) this.held = null
    this.grant()
  }

  private grant(): void {
    if (this.held) return
    const turn = this.queue.shift()
    if (!turn) return
    this.held = turn
    const end = () => {
      if (this.held !== turn) return
      this.held = null
      turn.done()
      this.grant()
    }
    this.world.clock.soon(() => turn.page.run(() => void turn.work().then(end, end)))
  }
}

export class Device {
  cookie = ''
  isOnline = true
  isDiskFull = false
  /** True once the sign-in page was shown and nobody has arrived since. */
  wasSignInShown = false
  readonly lock: Lock
  readonly pages: Page[] = []
  private opened = 0

  constructor(
    readonly world: World,
    readonly name: string,
    readonly hasLocks: boolean,
  ) {
    this.lock = new Lock(world)
  }

  get alive(): Page[] {
    return this.pages.filter(({ isAlive }) => isAlive)
  }

  async open(kind: Kind): Promise<Page> {
    this.opened += 1
    const page = new Page(this, kind, `${this.name}/${kind}-${this.opened}`)
    this.pages.push(page)
    this.world.note(`opens ${page.name}`)
    await page.open()
    return page
  }
}

/** What a page hears from the other pages of its browser. */
class Tabs {
  private hear: ((event: { data: unknown }) => void) | null = null

  constructor(private readonly page: Page) {}

  addEventListener(_type: string, hear: (event: { data: unknown }) => void): void {
    this.hear = hear
  }

  postMessage(data: unknown): void {
    const { device, kind } = this.page
    for (const other of device.alive) {
      const isHeard = other !== this.page && (other.kind === 'gate') === (kind === 'gate')
      if (isHeard) device.world.clock.after(1, () => other.tabs.receive(structuredClone(data)))
    }
  }

  receive(data: unknown): void {
    this.page.run(() => this.hear?.({ data }))
  }
}

export class Page implements Caller {
  isAlive = true
  bags: BagKeeper | BillKeeper | null = null
  gate: GateKeeper | null = null
  seen: Seen = { waiting: [] }
  readonly tabs = new Tabs(this)
  /** When whoever works here has time for the next guest. */
  freeAtMs = 0
  private readonly transactions = new Set<IDBTransaction>()
  private database: IDBDatabase | null = null

  constructor(
    readonly device: Device,
    readonly kind: Kind,
    readonly name: string,
  ) {}

  run<T>(work: () => T): T {
    return callers.run(this, work)
  }

  get isDiskFull(): boolean {
    return this.device.isDiskFull
  }

  get locks(): Caller['locks'] {
    if (!this.device.hasLocks) return undefined
    return { request: (_name, work) => this.survive(this.device.lock.request(this, work)) }
  }

  began(transaction: IDBTransaction): void {
    if (!this.isAlive || transaction.mode === 'readonly') return
    this.transactions.add(transaction)
    const ended = () => this.transactions.delete(transaction)
    for (const name of ['complete', 'abort']) transaction.addEventListener(name, ended)
  }

  fetch(address: string, init: RequestInit): Promise<Response> {
    const csrf = (init.headers as Record<string, string> | undefined)?.['X-CSRF-Token'] ?? ''
    const ask = { path: address, body: String(init.body ?? ''), cookie: this.device.cookie, csrf }
    return this.survive(this.device.world.network.send(ask, init, this.device.isOnline))
  }

  /** A page that has ended learns nothing more. */
  private survive<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => this.isAlive && resolve(value),
        (error: unknown) => this.isAlive && reject(error),
      )
    })
  }

  async open(): Promise<void> {
    await this.run(async () => {
      const real = await this.survive(openStore(this.device.name))
      this.database = unwrap((real as unknown as { db: IDBPDatabase }).db)
      const store = this.watched(real)
      const { device } = this
      if (this.kind === 'gate') this.gate = this.gateKeeper(store)
      else {
        const around = {
          store,
          station: 'dock-1',
          phrasesAddress: '/ui/phrases/en.json',
          tabs: this.tabs as unknown as BroadcastChannel,
          wasSignInShown: () => device.wasSignInShown,
          personArrived: () => (device.wasSignInShown = false),
        }
        const screen = { render: (state: Seen) => this.show(state), makeSound: () => undefined }
        this.bags = this.kind === 'bags' ? new BagKeeper(around, screen) : new BillKeeper(around, screen, '', () => undefined)
      }
      void (this.bags ?? this.gate)?.start()
    })
  }

  private gateKeeper(store: Store): GateKeeper {
    const withLock = (work: () => Promise<void>) => this.locks?.request('tallyhouse-queue', work) ?? work()
    const screen = { render: (state: Seen) => this.show(state), makeSound: () => undefined }
    return new GateKeeper({ store, tabs: this.tabs as unknown as BroadcastChannel, screen, eventId: EVENT, withLock, speak: () => undefined }, { ...FIRST_AT_GATE, device: this.name })
  }

  private show(state: Seen): void {
    this.seen = state
    this.device.world.saw(this, state)
  }

  /** The store with a word to the world of everything that is written. */
  private watched(store: Store): Store {
    const { world } = this.device
    return {
      lasting: store.lasting,
      keep: (item, view, strict, name) => {
        world.asked(this, item)
        const kept = store.keep(item, view, strict, name)
        kept.then(
          ({ seq }) => world.kept(this, item.id, seq),
          () => world.notKept(this, item.id),
        )
        return this.survive(kept)
      },
      head: (...given) => this.survive(store.head(...given)),
      countsByPerson: () => this.survive(store.countsByPerson()),
      settle: (...given) => this.survive(store.settle(...given)),
      attention: (...given) => this.survive(store.attention(...given)),
      dismiss: (ids) => {
        for (const id of ids) world.dismissed.add(id)
        return this.survive(store.dismiss(ids))
      },
      loadFact: <T>(name: string) => this.survive(store.loadFact<T>(name)),
      saveFact: (...given) => this.survive(store.saveFact(...given)),
      changeFact: (name, change) => this.survive(store.changeFact(name, change)),
    }
  }

  /** The page is left, reloaded or killed: everything it was doing stops here. */
  end(): void {
    if (!this.isAlive) return
    this.isAlive = false
    this.device.world.note(`ends ${this.name}`)
    for (const transaction of this.transactions) if (this.device.world.dice.oneIn(2)) cutOff(transaction, 'AbortError')
    this.database?.close()
    this.device.lock.drop(this)
  }

  mayBeBack(): void {
    this.run(() => (this.bags ?? this.gate)?.mayBeBack())
  }

  wentOffline(): void {
    this.run(() => (this.bags ?? this.gate)?.wentOffline())
  }

  get personId(): number | undefined {
    return (this.seen.me ?? this.seen.person)?.id
  }

  get waits(): number {
    const { waiting } = this.seen
    return typeof waiting === 'number' ? waiting : waiting.length
  }
}
