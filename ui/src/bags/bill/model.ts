// What the bill station knows and shows, as one value; its own events; and what is read from it.
//
// Invariant: the counter shows what the server has said about the bill; what waits here is shown beside it
// and counts only to decide what may be done next.
import { hiddenIn } from '../../engine/code'
import { firstCommon, type Common, type KeeperEvent } from '../../engine/state'
import type { BagMe, BagScan, Bags } from '../items'
import { isParentLabel, type BagRefused } from '../state'

const NUMBER_CHARS_MIN = 3
const NUMBER_CHARS_MAX = 50

/** A parent on the bill. */
export interface BillBag {
  code: string
  children: number
  capacity: number
}

export interface BillView {
  /** As it was typed when the bill was created, once the server has said so; before that as it was scanned. */
  number: string
  /** False until the server has said anything about this number. */
  isKnown: boolean
  parents: number
  /** 0 until it is known. */
  capacity: number
  status: string
  actualKg: number
  expectedKg: number
  targetKg: number
  varianceKg: number
  /** Newest first; null until the list has arrived. */
  bags: BillBag[] | null
}

/** A bill that can be chosen. */
export interface OpenBill {
  number: string
  parents: number
  capacity: number
}

/** The part that survives a reload, per person. */
export interface Saved {
  bill: BillView | null
  last: BagScan[]
}

export interface State extends Common<Bags>, Saved {
  last: BagScan[]
  /** By key. */
  known: Record<string, BillView>
  /** null until they have arrived. */
  open: OpenBill[] | null
  banner: { kind: 'none' } | BagRefused
  /** The key of the bill whose first answer from the server will make a sound. */
  listening: string
}

export type Own =
  | { type: 'me'; me: BagMe }
  | { type: 'bill_chosen'; number: string; isHeard: boolean; fromScanner: boolean }
  | { type: 'bill_loaded'; bill: BillView }
  | { type: 'bill_unknown'; number: string; id: string; at: string }
  | { type: 'bill_left' }
  | { type: 'open_bills'; bills: OpenBill[] }
  | { type: 'cleared' }

export type Event = KeeperEvent<Bags> | Own

/** Two numbers with the same key are the same bill. */
export function keyOf(number: string): string {
  return number.trim().toUpperCase()
}

export function isSameBill(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && keyOf(one) === keyOf(other)
}

export function isBillNumber(text: string): boolean {
  const length = [...text].length
  return length >= NUMBER_CHARS_MIN && length <= NUMBER_CHARS_MAX && hiddenIn(text) === ''
}

export function unseenBill(number: string): BillView {
  const nothing = { parents: 0, capacity: 0, status: '', actualKg: 0, expectedKg: 0, targetKg: 0, varianceKg: 0 }
  return { ...nothing, number, isKnown: false, bags: null }
}

export function firstState(): State {
  return { ...firstCommon<Bags>(), bill: null, known: {}, open: null, banner: { kind: 'none' }, listening: '' }
}

/** What waits here for the bill: how many items, and by how many parents they change it. */
export function pendingOf(state: Common<Bags>, bill: BillView): { items: number; change: number } {
  const isOn = new Set(bill.bags?.map(({ code }) => code))
  const added = new Set<string>()
  const taken = new Set<string>()
  let items = 0
  for (const { action, code = '', bill: number } of state.waiting) {
    if (!isSameBill(number, bill.number)) continue
    items += 1
    if (action === 'bill_link' || action === 'bill_enter') {
      if (!taken.delete(code) && !isOn.has(code)) added.add(code)
    } else if (action === 'bill_unlink') {
      if (!added.delete(code)) taken.add(code)
    }
  }
  return { items, change: added.size - taken.size }
}

/** How many parents will be missing if everything that waits goes well; null until that is known. */
export function missingOf(state: Common<Bags>, bill: BillView): number | null {
  if (bill.capacity === 0) return null
  return Math.max(0, bill.capacity - bill.parents - pendingOf(state, bill).change)
}

/** Completed, or on its way to it. */
export function isCompleted(state: Common<Bags>, bill: BillView): boolean {
  const ours = state.waiting.filter((item) => isSameBill(item.bill, bill.number))
  const newest = ours.filter(({ action }) => action === 'bill_complete' || action === 'bill_reopen').at(-1)
  return newest ? newest.action === 'bill_complete' : bill.status === 'completed'
}

/** True if the parent already waits here to be put on the bill. */
export function isWaitingFor(state: Common<Bags>, bill: BillView, code: string): boolean {
  const ours = state.waiting.filter((item) => isSameBill(item.bill, bill.number) && item.code === code)
  const newest = ours.at(-1)?.action
  return newest === 'bill_link' || newest === 'bill_enter'
}

function isLink({ action, state }: BagScan): boolean {
  return (action === 'bill_link' || action === 'bill_enter') && (state === 'kept' || state === 'ok')
}

/** The newest parent that was put on this bill from here and is still on it. */
export function lastLinkOf(state: State): BagScan | undefined {
  return state.last.find((scan) => isLink(scan) && isSameBill(scan.bill, state.bill?.number))
}

export function isShort({ children, capacity }: Pick<BillBag, 'children' | 'capacity'>): boolean {
  return children < capacity
}

/** True if this scan put a parent on the bill that is not full. */
export function shortScan(scan: BagScan | undefined): scan is BagScan & { capacity: number } {
  if (!scan || scan.outcome !== 'bill_linked' || scan.state !== 'ok') return false
  return scan.capacity !== undefined && scan.children < scan.capacity
}

/** A refused code that can be registered by hand: a parent label that was never scanned. */
export function canRegister(state: Common<Bags>, outcome: string, code: string | undefined, bill: unknown): boolean {
  return outcome === 'unknown_bag' && Boolean(code && bill) && isParentLabel(code ?? '', state.me?.labels ?? [])
}
