// Where scans wait until the server has answered: IndexedDB, or plain memory where the browser
// gives no IndexedDB (then the page says so).
//
// Invariants: an item leaves the queue only together with its answer, in one transaction that also
// keeps the refusal; items come out in the order in which they were kept, over all tabs.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { isRefused, type Answer, type Attention, type Item, type NewItem } from './types'

/** More unsent scans than this and a device stops taking new ones: it is a fault, not a shift. */
export const QUEUE_ITEMS_MAX = 20_000

export interface Store {
  readonly lasting: boolean
  /** Keeps one item, with what the page shows, in one write. `strict` waits for the disk itself. */
  keep(item: NewItem, view: unknown, strict: boolean, viewName?: string): Promise<Item>
  head(personId: number, limit: number): Promise<Item[]>
  countsByPerson(): Promise<Map<number, number>>
  settle(answers: Answer[]): Promise<void>
  attention(personId: number): Promise<Attention[]>
  dismiss(ids: string[]): Promise<void>
  loadFact<T>(name: string): Promise<T | undefined>
  saveFact(name: string, value: unknown): Promise<void>
}

/** What a page shows to a person is kept per page: the bag stations and the bill station have one each. */
export function viewFactName(personId: number, page = 'view'): string {
  return `${page}-${personId}`
}

function attentionOf(answers: Answer[]): Attention[] {
  return answers
    .filter(({ result }) => isRefused(result.outcome))
    .map(({ item, result }) => ({ id: item.id, personId: item.personId, item, result }))
}

interface Schema extends DBSchema {
  queue: { key: number; value: Item; indexes: { person: [number, number] } }
  attention: { key: string; value: Attention; indexes: { person: number } }
  facts: { key: string; value: unknown }
}

class IdbStore implements Store {
  readonly lasting = true
  constructor(private readonly db: IDBPDatabase<Schema>) {}

  async keep(item: NewItem, view: unknown, strict: boolean, viewName = viewFactName(item.personId)): Promise<Item> {
    const durability = strict ? 'strict' : 'relaxed'
    const tx = this.db.transaction(['queue', 'facts'], 'readwrite', { durability })
    const added = tx.objectStore('queue').add(item as Item)
    const saved = tx.objectStore('facts').put(view, viewName)
    const [seq] = await Promise.all([added, saved, tx.done])
    return { ...item, seq }
  }

  head(personId: number, limit: number): Promise<Item[]> {
    const range = IDBKeyRange.bound([personId, 0], [personId, Number.MAX_SAFE_INTEGER])
    return this.db.getAllFromIndex('queue', 'person', range, limit)
  }

  async countsByPerson(): Promise<Map<number, number>> {
    const counts = new Map<number, number>()
    let cursor = await this.db.transaction('queue').store.index('person').openKeyCursor()
    while (cursor) {
      const personId = cursor.key[0]
      counts.set(personId, (counts.get(personId) ?? 0) + 1)
      cursor = await cursor.continue()
    }
    return counts
  }

  async settle(answers: Answer[]): Promise<void> {
    const tx = this.db.transaction(['queue', 'attention'], 'readwrite')
    const writes: Promise<unknown>[] = [tx.done]
    for (const { item } of answers) writes.push(tx.objectStore('queue').delete(item.seq))
    for (const entry of attentionOf(answers)) writes.push(tx.objectStore('attention').put(entry))
    await Promise.all(writes)
  }

  attention(personId: number): Promise<Attention[]> {
    return this.db.getAllFromIndex('attention', 'person', personId)
  }

  async dismiss(ids: string[]): Promise<void> {
    const tx = this.db.transaction('attention', 'readwrite')
    await Promise.all([...ids.map((id) => tx.store.delete(id)), tx.done])
  }

  async loadFact<T>(name: string): Promise<T | undefined> {
    return (await this.db.get('facts', name)) as T | undefined
  }

  async saveFact(name: string, value: unknown): Promise<void> {
    await this.db.put('facts', value, name)
  }
}

/** The same promises without the lasting: everything is gone when the page is. */
export class MemoryStore implements Store {
  readonly lasting = false
  private seq = 0
  private queue: Item[] = []
  private refused = new Map<string, Attention>()
  private facts = new Map<string, unknown>()

  async keep(item: NewItem, view: unknown, _strict: boolean, viewName = viewFactName(item.personId)): Promise<Item> {
    this.seq += 1
    const kept = { ...item, seq: this.seq }
    this.queue.push(kept)
    this.facts.set(viewName, view)
    return kept
  }

  async head(personId: number, limit: number): Promise<Item[]> {
    return this.queue.filter((item) => item.personId === personId).slice(0, limit)
  }

  async countsByPerson(): Promise<Map<number, number>> {
    const counts = new Map<number, number>()
    for (const { personId } of this.queue) counts.set(personId, (counts.get(personId) ?? 0) + 1)
    return counts
  }

  async settle(answers: Answer[]): Promise<void> {
    const done = new Set(answers.map(({ item }) => item.seq))
    this.queue = this.queue.filter((item) => !done.has(item.seq))
    for (const entry of attentionOf(answers)) this.refused.set(entry.id, entry)
  }

  async attention(personId: number): Promise<Attention[]> {
    return [...this.refused.values()].filter((entry) => entry.personId === personId)
  }

  async dismiss(ids: string[]): Promise<void> {
    for (const id of ids) this.refused.delete(id)
  }

  async loadFact<T>(name: string): Promise<T | undefined> {
    return this.facts.get(name) as T | undefined
  }

  async saveFact(name: string, value: unknown): Promise<void> {
    this.facts.set(name, value)
  }
}

export async function openStore(name = 'tallyhouse'): Promise<Store> {
  try {
    const db = await openDB<Schema>(name, 1, {
      upgrade(fresh) {
        const queue = fresh.createObjectStore('queue', { keyPath: 'seq', autoIncrement: true })
        queue.createIndex('person', ['personId', 'seq'])
        fresh.createObjectStore('attention', { keyPath: 'id' }).createIndex('person', 'personId')
        fresh.createObjectStore('facts')
      },
    })
    return new IdbStore(db)
  } catch {
    return new MemoryStore()
  }
}
