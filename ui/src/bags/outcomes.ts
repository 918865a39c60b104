// The outcomes of scans, sorted by what they mean for a person.
//
// Invariant: any outcome that is not known to be good counts as refused, so that a new one is never silent.
import type { Outcome } from './items'

const GOOD: readonly Outcome[] = [
  'parent_created',
  'parent_selected',
  'linked',
  'unlinked',
  'relinked',
  'undone',
  'closed',
  'registered',
  'deleted',
  'bill_linked',
  'bill_unlinked',
  'bill_created',
  'bill_edited',
  'bill_unchanged',
  'bill_finished',
  'bill_reopened',
  'bill_deleted',
  'children_set',
  'restored',
]
const good: ReadonlySet<string> = new Set(GOOD)

const NOT_IN: ReadonlySet<string> = new Set(['not_linked', 'not_on_bill', 'not_taken_back'])

const REPEATS: ReadonlySet<string> = new Set<Outcome>(['duplicate', 'already_on_this_bill'])

/** True if the same bag was scanned again: nothing is wrong, and it was not counted twice. */
export function isRepeat(outcome: string): boolean {
  return REPEATS.has(outcome)
}

export function isRefused(outcome: string): boolean {
  return !good.has(outcome)
}

/** True if what could not be taken out is still in. */
export function isStillIn(outcome: string): boolean {
  return !NOT_IN.has(outcome)
}
