// How each event changes what the bill station knows and shows. Pure: no clock, no network, no page.
//
// Invariants: an item changes the bill that it names, whichever is shown; a refusal changes no count
// except to what the server says is true; only the server's answers move the counter.
import {
  answered,
  carriedOver,
  cued,
  isOffline,
  isWaiting,
  reduceCommon,
  settled,
  soundedNow,
  toldAs,
  withLast,
  withoutWaiting,
  type Sound,
} from '../../engine/state'
import type { Action, BagAnswer, BagAttention, BagItem, BagScan, ScanResult } from '../items'
import { isRefused, isRepeat, isStillIn } from '../outcomes'
import { lastRestored, refusedBanner } from '../state'
import { firstState, isSameBill, keyOf, missingOf, unseenBill, type BillBag, type BillView, type Event, type Saved, type State } from './model'

function soundFor({ action }: BagItem): Sound {
  return action === 'bill_unlink' || action === 'child' ? 'high' : 'low'
}

function isBillAction({ action }: BagItem): boolean {
  return action.startsWith('bill_')
}

/** Updates what is known about the bill, wherever it is shown. */
function withBill(state: State, bill: BillView): State {
  const isShown = isSameBill(state.bill?.number, bill.number)
  return { ...state, known: { ...state.known, [keyOf(bill.number)]: bill }, bill: isShown ? bill : state.bill }
}

function viewOf(state: State, number: string): BillView {
  return state.known[keyOf(number)] ?? unseenBill(number)
}

// What the person does.

function scanOf(item: BagItem): BagScan {
  const { id, at, action, bill = '' } = item
  const code = item.code || bill
  return { id, at, action, code, bill, parent: item.parent ?? '', state: 'kept', outcome: '', currentParent: '', children: 0 }
}

function scanned(state: State, item: BagItem, fromScanner: boolean): State {
  const marked = item.action === 'bill_unlink' ? { ...state, last: mark(state.last, item, 'undone') } : state
  const next: State = {
    ...withLast(marked, scanOf(item)),
    waiting: [...state.waiting, item],
    banner: { kind: 'none' },
    scannerSeen: state.scannerSeen || fromScanner,
  }
  return isOffline(state) ? soundedNow(next, item.id, soundFor(item)) : next
}

/** Marks the newest scan that put this parent on this bill as undone, or as valid after all. */
function mark(last: BagScan[], { code, bill }: BagItem, to: 'undone' | 'ok'): BagScan[] {
  const index = last.findIndex((scan) => {
    const isLink = scan.action === 'bill_link' || scan.action === 'bill_enter'
    const isFrom = to === 'ok' ? scan.state === 'undone' : scan.state === 'kept' || scan.state === 'ok'
    return isLink && isFrom && scan.code === code && isSameBill(scan.bill, bill)
  })
  return last.map((scan, at): BagScan => (at === index ? { ...scan, state: to } : scan))
}

function chosen(state: State, { number, isHeard, fromScanner }: Event & { type: 'bill_chosen' }): State {
  const scannerSeen = state.scannerSeen || fromScanner
  const next: State = { ...state, scannerSeen, bill: viewOf(state, number), banner: { kind: 'none' }, listening: '' }
  if (!isHeard) return next
  return isOffline(state) ? cued(next, 'low') : { ...next, listening: keyOf(number) }
}

// What the server says.

function loaded(state: State, bill: BillView): State {
  const next = withBill(state, bill)
  if (state.listening !== keyOf(bill.number)) return next
  return cued({ ...next, listening: '' }, 'low')
}

function unknown(state: State, event: Event & { type: 'bill_unknown' }): State {
  if (!isSameBill(state.bill?.number, event.number)) return state
  const { number, id, at } = event
  return cued({ ...refusal(state, { id, at, action: 'bill_link', code: number, outcome: 'unknown_bill' }), bill: null, listening: '' }, 'refused')
}

function bagsAfter(bags: BillBag[] | null, code: string, result: ScanResult): BillBag[] | null {
  if (bags === null || code === '') return bags
  const others = bags.filter((bag) => bag.code !== code)
  switch (result.outcome) {
    case 'bill_unlinked':
    case 'not_on_bill':
      return others
    case 'bill_linked':
    case 'already_on_this_bill':
      return [{ code, children: result.children ?? 0, capacity: result.capacity ?? 0 }, ...others]
    default:
      return bags
  }
}

function learn(state: State, item: BagItem, result: ScanResult): State {
  const number = result.bill ?? item.bill
  if (!isBillAction(item) || !number || result.bill_parents === undefined) return state
  const before = viewOf(state, number)
  return withBill(state, {
    number,
    isKnown: true,
    parents: result.bill_parents,
    capacity: result.bill_capacity ?? before.capacity,
    status: result.bill_status ?? before.status,
    actualKg: result.actual_kg ?? before.actualKg,
    expectedKg: result.expected_kg ?? before.expectedKg,
    targetKg: result.target_kg ?? before.targetKg,
    varianceKg: result.variance_kg ?? before.varianceKg,
    bags: bagsAfter(before.bags, result.code ?? item.code ?? '', result),
  })
}

function settleLast(state: State, item: BagItem, result: ScanResult): State {
  const refused = isRefused(result.outcome)
  const last = state.last.map((scan): BagScan => {
    if (scan.id !== item.id) return scan
    const next: BagScan = {
      ...settled(scan, result.outcome, refused),
      children: result.children ?? 0,
      currentParent: result.current_bill ?? result.current_parent ?? '',
    }
    return result.capacity === undefined ? next : { ...next, capacity: result.capacity }
  })
  return { ...state, last }
}

function refusedBy(state: State, item: BagItem, result: ScanResult): State {
  return {
    ...state,
    // A parent that somebody else removed is off the bill: the next undo is for the parent before it.
    last: item.action === 'bill_unlink' && isStillIn(result.outcome) ? mark(state.last, item, 'ok') : state.last,
    attention: isRepeat(result.outcome) ? state.attention : [...state.attention, { id: item.id, personId: item.personId, item, result }],
    banner: refusedBanner(item, result),
  }
}

/** A parent that is on the bill now no longer needs attention for having been refused there. */
export function isSettledBy(entry: BagAttention, { item, result }: BagAnswer): boolean {
  const isLinked = result.outcome === 'bill_linked' || result.outcome === 'already_on_this_bill'
  if (!isLinked || entry.id === item.id || !isBillAction(entry.item) || entry.item.action === 'bill_unlink') return false
  return entry.item.code === item.code && isSameBill(entry.item.bill, item.bill)
}

function answeredOne(state: State, answer: BagAnswer): State {
  const { item, result } = answer
  const isOurs = isWaiting(state, item.id)
  const next = settleLast(learn(withoutWaiting(state, item.id), item, result), item, result)
  const attention = next.attention.filter((entry) => !isSettledBy(entry, answer))
  const settled = attention.length < next.attention.length ? { ...next, attention } : next
  return isRefused(result.outcome) && isOurs ? refusedBy(settled, item, result) : settled
}

// What this page decides by itself.

type Here = { id: string; at: string; action: Action; code: string; outcome: string }

function refusal(state: State, { id, at, action, code, outcome }: Here): State {
  const { bill } = state
  const isOfBill = bill !== null && outcome !== 'bad_bill' && outcome !== 'unknown_bill'
  const number = isOfBill ? bill.number : code
  const params = {
    code,
    bill: number,
    n: state.waiting.length,
    bill_parents: bill?.parents,
    bill_capacity: bill?.capacity,
    missing: bill ? (missingOf(state, bill) ?? undefined) : undefined,
  }
  const scan: BagScan = { id, at, action, code, bill: number, parent: '', state: 'no', outcome, currentParent: '', children: 0 }
  const banner = { kind: toldAs(isRepeat(outcome)).kind, id, outcome, code, parent: '', currentParent: '', message: '', params }
  return { ...withLast(state, scan), banner }
}

function notKept(state: State, id: string): State {
  const item = state.waiting.find((waiting) => waiting.id === id)
  if (!item) return state
  const result: ScanResult = { id, outcome: 'not_kept' }
  return cued(settleLast(refusedBy(withoutWaiting(state, id), item, result), item, result), 'refused')
}

function restored(state: State, saved: Saved | undefined, waiting: BagItem[], attention: BagAttention[]): State {
  // A completed bill is finished: somebody who comes back begins the next one.
  const bill = saved?.bill && saved.bill.status !== 'completed' ? saved.bill : null
  return {
    ...firstState(),
    ...carriedOver(state, waiting, attention),
    bill,
    known: bill ? { [keyOf(bill.number)]: bill } : {},
    open: state.open,
    last: lastRestored(saved?.last ?? [], waiting, attention),
  }
}

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'me':
      return { ...state, me: event.me, signedOut: false }
    case 'restored':
      return restored(state, event.saved as Saved | undefined, event.waiting, event.attention)
    case 'scanned':
      return scanned(state, event.item, event.fromScanner)
    case 'refused_here':
      return cued(refusal(state, event), toldAs(isRepeat(event.outcome)).sound)
    case 'not_kept':
      return notKept(state, event.id)
    case 'answer_is_late': {
      const item = state.waiting.find(({ id }) => id === event.id)
      return item && !state.sounded.includes(item.id) ? soundedNow(state, item.id, soundFor(item)) : state
    }
    case 'answered':
      return answered(state, event.answers, { one: answeredOne, soundFor, isRefused, isRepeat })
    case 'bill_chosen':
      return chosen(state, event)
    case 'bill_loaded':
      return loaded(state, event.bill)
    case 'bill_unknown':
      return unknown(state, event)
    case 'bill_left':
      return { ...state, bill: null, banner: { kind: 'none' }, listening: '' }
    case 'open_bills':
      return { ...state, open: event.bills }
    case 'cleared':
      return state.banner.kind === 'none' ? state : { ...state, banner: { kind: 'none' } }
    default:
      return reduceCommon(state, event)
  }
}
