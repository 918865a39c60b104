// What this device knows of an event without asking: the list of its passes, its public keys, and what it has let in since.
//
// Invariant: the list names nobody. It is kept in the store, so that a gate opens without a network, and its age is always
// told.
import { bodyOf, call, isJson, text } from '../../engine/http'
import type { Store } from '../../engine/store'
import type { PublicKey } from './code'
import type { GateEvent, Known, ListedPass, Standing } from './decide'

/** A list is fetched again after this long, and after longer the more passes it has. */
const FRESH_MS_MIN = 60_000
const FRESH_MS_EACH = 60

interface Kept {
  takenAt: string
  event: GateEvent
  keys: PublicKey[]
  passes: ListedPass[]
}

export class Knowledge implements Known {
  takenAt = ''
  keys: PublicKey[] = []
  private shown: GateEvent | null = null
  private passes = new Map<string, ListedPass>()
  private readonly since = new Map<string, Standing>()
  private isFetching = false

  constructor(
    private readonly store: Store,
    private readonly eventId: number,
  ) {}

  private get fact(): string {
    return `gate-list-${this.eventId}`
  }

  get event(): GateEvent {
    if (!this.shown) throw new Error('there is no list yet')
    return this.shown
  }

  get hasList(): boolean {
    return this.shown !== null && this.takenAt !== ''
  }

  get size(): number {
    return this.passes.size
  }

  find(pass: string): ListedPass | undefined {
    return this.passes.get(pass)
  }

  standing(pass: string): Standing | undefined {
    return this.since.get(pass)
  }

  /** How a pass stands, with what was done here. */
  now(pass: string): Standing {
    const listed = this.passes.get(pass)
    return this.since.get(pass) ?? { admitted: listed?.admitted ?? 0, inside: listed?.inside ?? 0 }
  }

  set(pass: string, standing: Standing): void {
    this.since.set(pass, standing)
    this.keepSince()
  }

  /** Without it a reload would forget whom this device let in. */
  private keepSince(): void {
    void this.store.saveFact(`gate-since-${this.eventId}`, [...this.since]).catch(() => undefined)
  }

  ageMs(nowMs: number): number {
    return this.takenAt ? Math.max(0, nowMs - Date.parse(this.takenAt)) : Number.POSITIVE_INFINITY
  }

  /** What was kept on this device. */
  async restore(): Promise<void> {
    const kept = await this.store.loadFact<Kept>(this.fact)
    if (kept) this.take(kept)
    const since = (await this.store.loadFact<[string, Standing][]>(`gate-since-${this.eventId}`)) ?? []
    for (const [pass, standing] of since) this.since.set(pass, standing)
  }

  learn(event: GateEvent, keys: PublicKey[]): void {
    this.shown = event
    this.keys = keys
  }

  isStale(nowMs: number): boolean {
    return this.ageMs(nowMs) > Math.max(FRESH_MS_MIN, this.passes.size * FRESH_MS_EACH)
  }

  /** Fetches the list, page by page; false if that failed. `waiting` are the passes of scans that have no answer yet. */
  async refresh(waiting: () => Promise<Set<string>>): Promise<boolean> {
    if (this.isFetching || !this.shown) return false
    this.isFetching = true
    try {
      const passes: ListedPass[] = []
      let takenAt = ''
      let after = ''
      do {
        const query = after ? `?after=${encodeURIComponent(after)}` : ''
        const response = await call(`/api/v1/gate/events/${this.eventId}/passes${query}`)
        const body = response?.ok ? await bodyOf(response) : null
        if (!body || !Array.isArray(body.passes)) return false
        takenAt ||= text(body.taken_at)
        passes.push(...(body.passes.filter(isJson) as unknown as ListedPass[]))
        after = text(body.next)
      } while (after)
      const kept: Kept = { takenAt, event: this.event, keys: this.keys, passes }
      const stays = await waiting()
      for (const pass of [...this.since.keys()]) if (!stays.has(pass)) this.since.delete(pass)
      this.keepSince()
      this.take(kept)
      await this.store.saveFact(this.fact, kept).catch(() => undefined)
      return true
    } finally {
      this.isFetching = false
    }
  }

  private take({ takenAt, event, keys, passes }: Kept): void {
    this.takenAt = takenAt
    this.shown ??= event
    if (this.keys.length === 0) this.keys = keys
    this.passes = new Map(passes.map((pass) => [pass.id, pass]))
  }
}
