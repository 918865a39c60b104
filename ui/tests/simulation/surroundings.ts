// What the pages find around them in place of a browser: clock, timers, chance, network, locks and the limits of the disk.
// Which page asks is known from where the call comes from, across every `await`.
import { AsyncLocalStorage } from 'node:async_hooks'
import { IDBFactory } from 'fake-indexeddb'
import type { Clock } from './clock'
import type { Dice } from './dice'

/** Whoever calls: a page that may end at any moment. */
export interface Caller {
  readonly isAlive: boolean
  run<T>(work: () => T): T
  fetch(address: string, init: RequestInit): Promise<Response>
  /** Web locks; absent where the browser has none. */
  readonly locks: { request(name: string, work: () => Promise<void>): Promise<void> } | undefined
  readonly isDiskFull: boolean
  /** Notes a transaction, to be cut off when the page ends. */
  began(transaction: IDBTransaction): void
}

export const callers = new AsyncLocalStorage<Caller>()

type Patch = [object, string, PropertyDescriptor | undefined]

function patch(patches: Patch[], target: object, name: string, value: unknown): void {
  patches.push([target, name, Object.getOwnPropertyDescriptor(target, name)])
  Object.defineProperty(target, name, { value, configurable: true, writable: true })
}

function dateOf(clock: Clock): typeof Date {
  return class extends Date {
    constructor(...given: []) {
      if (given.length === 0) super(clock.shownMs())
      else super(...given)
    }

    static override now(): number {
      return clock.shownMs()
    }
  } as typeof Date
}

/** A browser tells that the disk is full while it writes, not when it is asked to. */
function patchDisk(patches: Patch[], clock: Clock): void {
  const stores = IDBObjectStore.prototype as unknown as Record<'add' | 'put', (...given: unknown[]) => unknown>
  for (const name of ['add', 'put'] as const) {
    const real = stores[name]
    patch(patches, stores, name, function (this: IDBObjectStore, ...given: unknown[]) {
      const { transaction } = this
      if (callers.getStore()?.isDiskFull) clock.soon(() => cutOff(transaction, 'QuotaExceededError'))
      return real.apply(this, given)
    })
  }
  const databases = IDBDatabase.prototype as unknown as { transaction(...given: unknown[]): IDBTransaction }
  const real = databases.transaction
  patch(patches, databases, 'transaction', function (this: IDBDatabase, ...given: unknown[]) {
    const transaction = real.apply(this, given)
    callers.getStore()?.began(transaction)
    return transaction
  })
}

/** Ends a transaction unless it has ended. */
export function cutOff(transaction: IDBTransaction, why: string): void {
  const raw = transaction as unknown as { _state: string; _abort(why: string): void }
  if (raw._state !== 'finished') raw._abort(why)
}

function globals(clock: Clock, dice: Dice): Record<string, unknown> {
  const later = (work: () => void, delayMs = 0) => {
    const caller = callers.getStore()
    return clock.after(delayMs, () => (caller ? caller.isAlive && caller.run(work) : work()))
  }
  const every = (work: () => void, spanMs: number) => {
    const again = () => {
      work()
      later(again, spanMs)
    }
    return later(again, spanMs)
  }
  const caller = () => {
    const found = callers.getStore()
    if (!found) throw new Error('no page asks')
    return found
  }
  return {
    Date: dateOf(clock),
    setImmediate: (work: () => void) => clock.soon(work),
    setTimeout: later,
    setInterval: every,
    clearTimeout: (timer: unknown) => clock.cancel(timer),
    fetch: (address: string, init: RequestInit = {}) => caller().fetch(address, init),
    crypto: { getRandomValues: (bytes: Uint8Array) => bytes.map(() => dice.roll(256)) },
    document: { documentElement: { dataset: {} }, visibilityState: 'visible', hidden: false },
    indexedDB: new IDBFactory(),
    navigator: new Proxy({}, {
      has: (_, name) => name === 'locks' && caller().locks !== undefined,
      get: (_, name) => (name === 'locks' ? caller().locks : undefined),
    }),
  }
}

/** Puts all of that in place while `work` runs. */
export async function surrounded<T>(clock: Clock, dice: Dice, work: () => Promise<T>): Promise<T> {
  const patches: Patch[] = []
  for (const [name, value] of Object.entries(globals(clock, dice))) patch(patches, globalThis, name, value)
  patchDisk(patches, clock)
  // Every request that is over is aborted half a minute later, and a stack for that costs more than all else.
  patch(patches, Error, 'stackTraceLimit', 0)
  try {
    return await work()
  } finally {
    for (const [target, name, before] of patches.reverse()) {
      if (before) Object.defineProperty(target, name, before)
      else Reflect.deleteProperty(target, name)
    }
  }
}
