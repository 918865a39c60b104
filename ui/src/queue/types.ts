// The words that the queue, the station and the server share.
//
// Invariant: an item's id is made once, when the code arrives, and never changes; the server gives
// the same answer to the same id, so sending again is always safe.

export type Action = 'parent' | 'child' | 'undo' | 'unlink' | 'relink' | 'close' | BillAction

export type BillAction = 'bill_link' | 'bill_unlink' | 'bill_enter' | 'bill_complete' | 'bill_reopen'

/** One scan (or key press) as the person made it, before it was given its place in the queue. */
export interface NewItem {
  id: string
  personId: number
  /** RFC 3339 with milliseconds, UTC. */
  at: string
  action: Action
  code?: string
  parent?: string
  bill?: string
  station?: string
  /** Takes back: the scan that it takes back, where that had no answer yet. The server is not told. */
  of?: string
}

/** A kept scan. `seq` is its place in the queue, given by the store, rising over all tabs. */
export interface Item extends NewItem {
  seq: number
}

/** The server's answer to one item. */
export interface Result {
  id: string
  outcome: string
  code?: string
  parent?: string
  children?: number
  capacity?: number
  status?: string
  completed?: boolean
  current_parent?: string
  labels?: string
  message?: string
  bill?: string
  current_bill?: string
  bill_parents?: number
  bill_capacity?: number
  bill_status?: string
  actual_kg?: number
  expected_kg?: number
  target_kg?: number
  variance_kg?: number
  missing?: number
}

/** A scan that was refused and that somebody still has to look at. */
export interface Attention {
  id: string
  personId: number
  item: NewItem
  result: Result
}

export interface Answer {
  item: Item
  result: Result
}

const OUTCOMES_OK = new Set([
  'parent_created',
  'parent_selected',
  'linked',
  'unlinked',
  'relinked',
  'undone',
  'closed',
  'bill_linked',
  'bill_unlinked',
  'bill_finished',
  'bill_reopened',
])

const NOT_IN = new Set(['not_linked', 'not_on_bill', 'not_taken_back'])

/** True when what could not be taken out is still in. */
export function isStillIn(outcome: string): boolean {
  return !NOT_IN.has(outcome)
}

/** Anything that is not known to be good counts as refused, so that a new code is never silent. */
export function isRefused(outcome: string): boolean {
  return !OUTCOMES_OK.has(outcome)
}
