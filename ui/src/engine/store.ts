// Where scans wait until the server has answered: IndexedDB, or plain memory if the browser offers no
// IndexedDB (then the page says so).
//
// Invariants: an item leaves the queue only together with its answer, in one transaction that also saves
// a refusal; items come out in the order in which they were saved, across all tabs; whatever an earlier
// version stored is still read.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Answer, Attention, Item, Kind, NewItem } from './items'

/** A device with more unsent scans than this takes no new ones: no shift scans that many, so something is wrong. */
export const QUEUE_ITEMS_MAX = 20_000

export type IsWanted = (item: NewItem) => boolean

export interface Store {
  /** False if everything is gone when the page is closed. */
  readonly lasting: boolean
  /** Saves one item together with what the page shows, in one write. `strict` waits for the disk itself. */
  keep(item: NewItem, view: unknown, strict: boolean, viewName?: string): Promise<Item>
  /** The oldest items of a person that are wanted, at most `limit`. */
  head(personId: number, limit: number, isWanted?: IsWanted): Promise<Item[]>
  countsByPerson(): Promise<Map<number, number>>
  /** Removes what was answered, and saves what was refused for attention. */
  settle(answers: Answer[], refused: Answer[]): Promise<void>
  attention(personId: number, isWanted?: IsWanted): Promise<Attention[]>
  dismiss(ids: string[]): Promise<void>
  loadFact<T>(name: string): Promise<T | undefined>
  saveFact(name: string, value: unknown): Promise<void>
  /** Reads a fact and writes it anew in one transaction, so that no other page comes between. */
  changeFact<T>(name: string, change: (value: T | undefined) => T): Promise<void>
}

/** Each kind of page saves what it shows to a person under a name of its own. */
export function viewFactName(personId: number, page = 'view'): string {
  return `${page}-${personId}`
}

function attentionOf({ item, result }: Answer): Attention {
  return { id: item.id, personId: item.personId, item, result }
}

/** The store as a page of one wing reads it: the caller asks only for items of the wing's own channels. */
export function headOf<K extends Kind>(store: Store, personId: number, limit: number, isWanted: IsWanted): Promise<Item<K['item']>[]> {
  return store.head(personId, limit, isWanted) as Promise<Item<K['item']>[]>
}

export function attentionFor<K extends Kind>(store: Store, personId: number, isWanted: IsWanted): Promise<Attention<K>[]> {
  return store.attention(personId, isWanted) as Promise<Attention<K>[]>
}

const isAny = () => true

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

  async head(personId: number, limit: number, isWanted: IsWanted = isAny): Promise<Item[]> {
    const found: Item[] = []
    let after = 0
    for (;;) {
      const range = IDBKeyRange.bound([personId, after], [personId, Number.MAX_SAFE_INTEGER], true)
      const page = await this.db.getAllFromIndex('queue', 'person', range, limit)
      found.push(...page.filter(isWanted))
      const last = page.at(-1)
      if (!last || page.length < limit || found.length >= limit) return found.slice(0, limit)
      after = last.seq
    }
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

  async settle(answers: Answer[], refused: Answer[]): Promise<void> {
    const tx = this.db.transaction(['queue', 'attention'], 'readwrite')
    const writes: Promise<unknown>[] = [tx.done]
    for (const { item } of answers) writes.push(tx.objectStore('queue').delete(item.seq))
    for (const answer of refused) writes.push(tx.objectStore('attention').put(attentionOf(answer)))
    await Promise.all(writes)
  }

  async attention(personId: number, isWanted: IsWanted = isAny): Promise<Attention[]> {
    const all = await this.db.getAllFromIndex('attention', 'person', personId)
    return all.filter(({ item }) => isWanted(item))
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

  async changeFact<T>(name: string, change: (value: T | undefined) => T): Promise<void> {
    const tx = this.db.transaction('facts', 'readwrite')
    const read = tx.store.get(name).then((value) => tx.store.put(change(value as T | undefined), name))
    await Promise.all([read, tx.done])
  }
}

/** Keeps the same promises, but everything is gone when the page is closed. */
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

  async head(personId: number, limit: number, isWanted: IsWanted = isAny): Promise<Item[]> {
    return this.queue.filter((item) => item.personId === personId && isWanted(item)).slice(0, limit)
  }

  async countsByPerson(): Promise<Map<number, number>> {
    const counts = new Map<number, number>()
    for (const { personId } of this.queue) counts.set(personId, (counts.get(personId) ?? 0) + 1)
    return counts
  }

  async settle(answers: Answer[], refused: Answer[]): Promise<void> {
    const done = new Set(answers.map(({ item }) => item.seq))
    this.queue = this.queue.filter((item) => !done.has(item.seq))
    for (const answer of refused) this.refused.set(answer.item.id, attentionOf(answer))
  }

  async attention(personId: number, isWanted: IsWanted = isAny): Promise<Attention[]> {
    return [...this.refused.values()].filter((entry) => entry.personId === personId && isWanted(entry.item))
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

  async changeFact<T>(name: string, change: (value: T | undefined) => T): Promise<void> {
    this.facts.set(name, change(this.facts.get(name) as T | undefined))
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
