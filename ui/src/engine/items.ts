// What every station keeps, sends and is told, whatever it scans.
//
// Invariant: an item's id is made once, when the code arrives, and never changes; the server gives the
// same answer to the same id, so sending again is always safe.

/** One scan (or key press) as the person made it, before the queue gives it a place. */
export interface NewItem {
  id: string
  personId: number
  /** RFC 3339 with milliseconds, UTC. */
  at: string
  /** The name of the channel that sends it. Entries stored by earlier versions have none. */
  channel?: string
  action: string
  code?: string
  station?: string
  /** For an undo: the id of the scan to undo, if that scan was still unanswered. Not sent to the server. */
  of?: string
}

/** A saved scan. The store gives it `seq`, its place in the queue, which rises across all tabs. */
export type Item<I extends NewItem = NewItem> = I & { seq: number }

/** The server's answer to one item. */
export interface Result {
  id: string
  outcome: string
  /** The server's own words for a refusal. */
  message?: string
}

/** A scan as the list of last scans shows it. */
export interface LastScan {
  id: string
  at: string
  action: string
  code: string
  state: 'kept' | 'ok' | 'no' | 'undone'
  outcome: string
}

/** Who is signed in, as the server last said. */
export interface Me {
  id: number
  name: string
  areaName: string
  /** By name, such as `can_scan`. A right that is not listed is left for the server to decide. */
  rights: Record<string, boolean>
  locale: string
}

/** The types that a wing uses where the engine only knows the general shape. */
export interface Kind {
  me: Me
  item: NewItem
  result: Result
  last: LastScan
}

export interface Answer<K extends Kind = Kind> {
  item: Item<K['item']>
  result: K['result']
}

/** A refused scan that somebody still has to look at. */
export interface Attention<K extends Kind = Kind> {
  id: string
  personId: number
  item: K['item']
  result: K['result']
}
