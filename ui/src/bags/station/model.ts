// What the bag stations know and show, as one value; the events that change it; and what is read from it.
//
// Invariant: the count shown is what the server last said about the parent plus what waits here for it.
import { firstCommon, type Common, type KeeperEvent } from '../../engine/state'
import type { BagMe, BagScan, Bags } from '../items'
import type { BagRefused } from '../state'

export interface ParentView {
  code: string
  /** What the server last said; 0 until it has said anything. */
  children: number
  capacity: number
  status: string
}

export type Banner = { kind: 'none' } | BagRefused | { kind: 'completed'; parent: string; children: number; capacity: number }

/** The part that survives a reload, per person. */
export interface Saved {
  parent: ParentView | null
  /** The parent that was left here on purpose or by idling: a reload must not choose it again. */
  left: string
  last: BagScan[]
}

export interface State extends Common<Bags>, Saved {
  last: BagScan[]
  known: Record<string, ParentView>
  banner: Banner
  closeAsked: boolean
}

export type Event =
  | KeeperEvent<Bags>
  | { type: 'me'; me: BagMe; selected: ParentView | null; first: boolean }
  | { type: 'children'; parent: string; last: BagScan[] }
  | { type: 'completed_seen'; parent: string }
  | { type: 'idle' }
  | { type: 'close_asked'; asked: boolean }

export function firstState(): State {
  return { ...firstCommon<Bags>(), parent: null, left: '', known: {}, banner: { kind: 'none' }, closeAsked: false }
}

/** Children of the parent, including what waits here. Two waiting scans of one child count once. */
export function countOf(state: State, parent: ParentView): number {
  const added = new Set<string>()
  let taken = 0
  for (const item of state.waiting) {
    if (item.parent !== parent.code) continue
    if (item.action === 'child' || item.action === 'relink') added.add(item.code ?? '')
    if (item.action === 'undo' && !(item.code && added.delete(item.code))) taken += 1
  }
  return Math.min(parent.capacity, Math.max(0, parent.children + added.size - taken))
}

export function waitingFor(state: State, parent: string): number {
  return state.waiting.filter((item) => item.parent === parent && item.action !== 'parent').length
}

/** The newest child that was linked to the parent from here and is still in it. */
export function lastChildOf(state: State, parent: string): BagScan | undefined {
  return state.last.find(
    (scan) =>
      (scan.action === 'child' || scan.action === 'relink') &&
      scan.parent === parent &&
      (scan.state === 'kept' || scan.state === 'ok'),
  )
}

/** True if the same scan already waits here and nothing after it can have undone it. */
export function isWaitingTwice(state: State, parent: string, code: string): boolean {
  const undoing = state.waiting.some((item) => item.action !== 'child' && item.action !== 'parent')
  if (undoing) return false
  return state.waiting.some((item) => item.action === 'child' && item.parent === parent && item.code === code)
}

/** True if this page saw the child go into the parent and not come out again. */
export function isSeenIn(state: State, parent: string, code: string): boolean {
  const newest = state.last.find((scan) => scan.code === code && (scan.action === 'child' || scan.action === 'relink') && scan.state !== 'no')
  return newest?.parent === parent && newest.state === 'ok'
}

/** The parent that an undo would apply to: the one shown, otherwise the one that was filled last. */
export function undoParentOf(state: State): string | null {
  if (state.parent) return state.parent.code
  const child = state.last.find(({ action, state: at }) => action === 'child' && (at === 'kept' || at === 'ok'))
  return child?.parent ?? null
}
