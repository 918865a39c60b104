// The one sender: takes kept scans from the store in order and brings them to the server until each
// has its answer.
//
// Invariants: one batch in flight at a time, across all tabs if the browser has locks; an item without
// an answer stays; no item overtakes an earlier one of a channel that this page knows; it never gives up.
import type { Channel, Channels } from './channel'
import type { Answer, Item, Me, Result } from './items'
import { may } from './me'
import type { Reply } from './send'
import type { Store } from './store'

export const BATCH_ITEMS_MAX = 100
const BACKOFF_MS_MIN = 500
const BACKOFF_MS_MAX = 15_000
const RETRY_AFTER_MS_MAX = 60_000
const SIGNED_OUT_RECHECK_MS = 15_000

export type Link = 'ok' | 'busy' | 'offline'

export type Person = Pick<Me, 'id' | 'rights'> & { csrf: string }

export interface SenderDeps {
  store: Store
  channels: Channels
  post(channel: Channel, items: Item[], csrf: string): Promise<Reply>
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

function upTo(items: Item[], isNext: (item: Item, index: number) => boolean): Item[] {
  const end = items.findIndex(isNext)
  return end < 0 ? items : items.slice(0, end)
}

/** An undo waits for the answer to the scan it undoes: there may be nothing to undo. */
function upToUndo(items: Item[]): Item[] {
  return upTo(items, ({ of }, index) => of !== undefined && items.slice(0, index).some(({ id }) => id === of))
}

export class Sender {
  private person: Person | null = null
  private working = false
  private mustRepeat = false
  private failures = 0
  private forbidden = 0
  private batchItems = BATCH_ITEMS_MAX
  private waitMs = 0
  private timer: unknown = null
  /** Ids of the scans that were refused while this page was open. */
  private readonly refused = new Set<string>()

  constructor(private readonly deps: SenderDeps) {}

  /** Something was saved: send it now, unless a wait after a failure is running. */
  kick(): void {
    if (this.timer === null) void this.work()
  }

  /** Things may have changed (online again, page visible again): do not wait any longer. */
  retryNow(): void {
    this.stopWaiting()
    void this.work()
  }

  /** Ask who is signed in before sending anything else. */
  forgetPerson(): void {
    this.person = null
  }

  private stopWaiting(): void {
    if (this.timer !== null) this.deps.clearTimer(this.timer)
    this.timer = null
  }

  private async work(): Promise<void> {
    if (this.working) {
      this.mustRepeat = true
      return
    }
    this.working = true
    do {
      this.mustRepeat = false
      this.waitMs = 0
      try {
        await this.deps.withLock(() => this.drain())
      } catch {
        this.fail('busy', 0)
      }
    } while (this.mustRepeat && this.waitMs === 0)
    this.working = false
    if (this.waitMs > 0) {
      this.timer = this.deps.setTimer(() => {
        this.timer = null
        void this.work()
      }, this.waitMs)
    }
  }

  /** Sends until the queue is empty, or sets `waitMs` and returns. */
  private async drain(): Promise<void> {
    while (this.waitMs === 0) {
      const person = this.person ?? (await this.identify())
      if (!person) return
      const items = await this.deps.store.head(person.id, this.batchItems, this.deps.channels.isKnown)
      const [first] = items
      const channel = first && this.deps.channels.of(first)
      if (!channel) {
        if (this.failures === 0) return
        this.person = null // another tab emptied the queue: ask, to learn whether the server is reachable
        continue
      }
      if (this.deps.channels.rights().every((right) => !may(person, right))) {
        this.person = null // an administrator may grant the right again: nothing is set aside
        this.waitMs = SIGNED_OUT_RECHECK_MS
        return
      }
      await this.sendFirst(this.batchOf(items, channel), channel, person)
    }
  }

  /** One request carries the items of one channel and one station. */
  private batchOf(items: Item[], channel: Channel): Item[] {
    const { channels } = this.deps
    const isOther = (item: Item) => item.station !== items[0]?.station || channels.of(item) !== channel
    return upToUndo(upTo(items, isOther))
  }

  private async sendFirst(items: Item[], channel: Channel, person: Person): Promise<void> {
    const [first] = items
    if (first?.of !== undefined && this.refused.has(first.of)) return this.setAside([first], channel, 'not_taken_back')
    // A right that was taken away must not hold up everything behind these items.
    if (!may(person, channel.right)) return this.setAside(items, channel, 'no_right')
    return this.deal(items, channel, await this.deps.post(channel, items, person.csrf))
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

  private async deal(items: Item[], channel: Channel, reply: Reply): Promise<void> {
    switch (reply.kind) {
      case 'answered':
        return this.settle(items, channel, reply.results)
      case 'malformed':
        return this.isolate(items, channel)
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

  private async settle(items: Item[], channel: Channel, results: Result[]): Promise<void> {
    const byId = new Map(results.map((result) => [result.id, result]))
    const answers: Answer[] = []
    for (const item of items) {
      const result = byId.get(item.id)
      if (result) answers.push({ item, result })
    }
    if (answers.length === 0) return this.fail('busy', 0)
    await this.finish(answers, channel)
    this.batchItems = BATCH_ITEMS_MAX
    this.forbidden = 0
    if (answers.length < items.length) this.fail('busy', 0)
    else this.succeed()
  }

  /** Halves the batch until the item that the server cannot read is on its own, then sets it aside. */
  private async isolate(items: Item[], channel: Channel): Promise<void> {
    if (items.length > 1) {
      this.batchItems = Math.ceil(items.length / 2)
      return
    }
    this.batchItems = BATCH_ITEMS_MAX
    await this.setAside(items, channel, 'malformed')
    this.succeed()
  }

  private setAside(items: Item[], channel: Channel, outcome: string): Promise<void> {
    return this.finish(
      items.map((item) => ({ item, result: { id: item.id, outcome } })),
      channel,
    )
  }

  private async finish(answers: Answer[], channel: Channel): Promise<void> {
    const refused = answers.filter(({ result }) => channel.isRefused(result.outcome))
    const noted = refused.filter(({ result }) => !channel.isRepeat?.(result.outcome))
    await this.deps.store.settle(answers, noted)
    for (const { item } of refused) this.refused.add(item.id)
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
