// The one sender: takes kept scans from the store in order and brings them to the server until each
// has its answer.
//
// Invariants: one batch in flight at a time, over all tabs where the browser has locks; an item that
// was not answered stays; a later item never overtakes an earlier one; it never gives up.
import type { Store } from './store'
import { isRefused, type Answer, type Item, type Result } from './types'

export const BATCH_ITEMS_MAX = 100
const BACKOFF_MS_MIN = 500
const BACKOFF_MS_MAX = 15_000
const RETRY_AFTER_MS_MAX = 60_000
const SIGNED_OUT_RECHECK_MS = 15_000

export type Link = 'ok' | 'busy' | 'offline'

/** What came back from sending one batch. */
export type Reply =
  | { kind: 'answered'; results: Result[] }
  | { kind: 'offline' }
  | { kind: 'busy'; retryAfterMs: number }
  | { kind: 'signed_out' }
  | { kind: 'forbidden' }
  | { kind: 'malformed' }

export interface Person {
  id: number
  csrf: string
  canScan: boolean
  canBill: boolean
}

/** Whether the person may do what the item asks for. */
export function may(person: Person, { action }: Item): boolean {
  return action.startsWith('bill_') ? person.canBill : person.canScan
}

export interface SenderDeps {
  store: Store
  post(items: Item[], csrf: string): Promise<Reply>
  /** Asks the server who is signed in. */
  whoAmI(): Promise<Person | 'signed_out' | 'offline'>
  onAnswers(answers: Answer[]): void
  onLink(link: Link): void
  withLock(work: () => Promise<void>): Promise<void>
  setTimer(work: () => void, delayMs: number): unknown
  clearTimer(timer: unknown): void
}

export function backoffMs(failures: number): number {
  return Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.max(0, failures - 1))
}

/** One call carries one station name: the items up to the first from another station. */
export function sameStation(items: Item[]): Item[] {
  const end = items.findIndex(({ station }) => station !== items[0]?.station)
  return end < 0 ? items : items.slice(0, end)
}

/** What takes back a scan waits for that scan's answer: there may be nothing to take back. */
export function upToTakingBack(items: Item[]): Item[] {
  const end = items.findIndex(({ of }, index) => of !== undefined && items.slice(0, index).some(({ id }) => id === of))
  return end < 0 ? items : items.slice(0, end)
}

export class Sender {
  private person: Person | null = null
  private working = false
  private again = false
  private failures = 0
  private forbidden = 0
  private batchItems = BATCH_ITEMS_MAX
  private waitMs = 0
  private timer: unknown = null
  /** Scans that were refused, as long as this page is open. */
  private readonly refused = new Set<string>()

  constructor(private readonly deps: SenderDeps) {}

  /** Something was kept: send it now, unless a wait after a failure is running. */
  kick(): void {
    if (this.timer === null) void this.work()
  }

  /** The world may have changed (on line again, page seen again): do not wait any longer. */
  retryNow(): void {
    this.stopWaiting()
    void this.work()
  }

  /** Ask who is signed in before anything else is sent. */
  forgetPerson(): void {
    this.person = null
  }

  private stopWaiting(): void {
    if (this.timer !== null) this.deps.clearTimer(this.timer)
    this.timer = null
  }

  private async work(): Promise<void> {
    if (this.working) {
      this.again = true
      return
    }
    this.working = true
    do {
      this.again = false
      this.waitMs = 0
      try {
        await this.deps.withLock(() => this.drain())
      } catch {
        this.fail('busy', 0)
      }
    } while (this.again && this.waitMs === 0)
    this.working = false
    if (this.waitMs > 0) {
      this.timer = this.deps.setTimer(() => {
        this.timer = null
        void this.work()
      }, this.waitMs)
    }
  }

  /** Sends until the queue is empty, or sets `waitMs` and leaves. */
  private async drain(): Promise<void> {
    while (this.waitMs === 0) {
      const person = this.person ?? (await this.identify())
      if (!person) return
      const items = upToTakingBack(sameStation(await this.deps.store.head(person.id, this.batchItems)))
      if (items.length === 0) {
        if (this.failures === 0) return
        this.person = null // another tab emptied the queue: ask, to know whether we are on line
        continue
      }
      if (!person.canScan && !person.canBill) {
        this.person = null // an admin may give the right again: nothing is set aside
        this.waitMs = SIGNED_OUT_RECHECK_MS
        return
      }
      const [first] = items
      if (first?.of !== undefined && this.refused.has(first.of)) {
        await this.finish([{ item: first, result: { id: first.id, outcome: 'not_taken_back' } }])
        continue
      }
      // What only a former right allowed would hold up all that is behind it.
      const barred = items.filter((item) => !may(person, item))
      if (barred.length > 0) await this.finish(barred.map((item) => ({ item, result: { id: item.id, outcome: 'no_right' } })))
      else await this.deal(items, await this.deps.post(items, person.csrf))
    }
  }

  private async identify(): Promise<Person | null> {
    const who = await this.deps.whoAmI()
    if (who === 'offline') {
      this.fail('offline', 0)
      return null
    }
    this.succeed()
    if (who === 'signed_out') {
      this.waitMs = SIGNED_OUT_RECHECK_MS
      return null
    }
    this.person = who
    return who
  }

  private async deal(items: Item[], reply: Reply): Promise<void> {
    switch (reply.kind) {
      case 'answered':
        return this.settle(items, reply.results)
      case 'malformed':
        return this.isolate(items)
      case 'signed_out':
        this.person = null
        return
      case 'forbidden':
        // A new sign-in changes the token; a second refusal in a row is a missing right.
        this.person = null
        this.forbidden += 1
        if (this.forbidden <= 1) return
        this.waitMs = backoffMs(this.forbidden + 2)
        return this.deps.onLink('busy')
      case 'offline':
        return this.fail('offline', 0)
      case 'busy':
        return this.fail('busy', reply.retryAfterMs)
    }
  }

  private async settle(items: Item[], results: Result[]): Promise<void> {
    const byId = new Map(results.map((result) => [result.id, result]))
    const answers: Answer[] = []
    for (const item of items) {
      const result = byId.get(item.id)
      if (result) answers.push({ item, result })
    }
    if (answers.length === 0) return this.fail('busy', 0)
    await this.finish(answers)
    this.batchItems = BATCH_ITEMS_MAX
    this.forbidden = 0
    if (answers.length < items.length) this.fail('busy', 0)
    else this.succeed()
  }

  /** Halves the batch until the item that the server cannot read stands alone, then sets it aside. */
  private async isolate(items: Item[]): Promise<void> {
    if (items.length > 1) {
      this.batchItems = Math.ceil(items.length / 2)
      return
    }
    this.batchItems = BATCH_ITEMS_MAX
    await this.finish(items.map((item) => ({ item, result: { id: item.id, outcome: 'malformed' } })))
    this.succeed()
  }

  private async finish(answers: Answer[]): Promise<void> {
    await this.deps.store.settle(answers)
    for (const { item, result } of answers) if (isRefused(result.outcome)) this.refused.add(item.id)
    this.deps.onAnswers(answers)
  }

  private succeed(): void {
    this.failures = 0
    this.deps.onLink('ok')
  }

  private fail(link: 'busy' | 'offline', retryAfterMs: number): void {
    this.failures += 1
    this.waitMs = Math.max(backoffMs(this.failures), Math.min(retryAfterMs, RETRY_AFTER_MS_MAX))
    this.deps.onLink(link)
  }
}
