// What the floor knows and shows, as one value; the events that change it; and what is read out of it.
//
// Invariants: `waiting` holds every kept scan of the person that has no answer yet; the count shown is
// what the server last said of the parent plus what waits here for it.
import type { Link } from '../queue/sender'
import type { Answer, Attention, NewItem } from '../queue/types'

export const LAST_KEPT = 50
export const LAST_SHOWN = 10
export const CAPACITY_DEFAULT = 30

export interface ParentLabel {
  prefix: string
  digits: number
}

export interface Me {
  id: number
  name: string
  areaName: string
  canScan: boolean
  capacity: number
  labels: ParentLabel[]
  locale: string
}

export interface ParentView {
  code: string
  /** What the server last said; 0 while it has said nothing. */
  children: number
  capacity: number
  status: string
}

export type LastState = 'kept' | 'ok' | 'no' | 'undone'

export interface LastScan {
  id: string
  at: string
  action: NewItem['action']
  code: string
  parent: string
  state: LastState
  outcome: string
  currentParent: string
  children: number
}

export type Banner =
  | { kind: 'none' }
  | { kind: 'refused'; id: string; outcome: string; code: string; parent: string; currentParent: string; message: string }
  | { kind: 'completed'; parent: string; children: number; capacity: number }

export type Sound = 'parent' | 'child' | 'refused'

/** The part that survives a reload, per person. */
export interface Saved {
  parent: ParentView | null
  /** The parent that was left here on purpose or by idling: not to be chosen again by a reload. */
  left: string
  last: LastScan[]
}

export interface State extends Saved {
  me: Me | null
  signedOut: boolean
  link: Link
  lasting: boolean
  known: Record<string, ParentView>
  waiting: NewItem[]
  others: { name: string; count: number }[]
  attention: Attention[]
  attentionOpen: boolean
  banner: Banner
  closeAsked: boolean
  scannerSeen: boolean
  /** Counts up with each sound to make; `sound` is the newest. */
  cue: number
  sound: Sound | ''
  /** Items whose sound was made when they were kept. */
  sounded: string[]
}

export type Event =
  | { type: 'me'; me: Me; selected: ParentView | null; first: boolean }
  | { type: 'restored'; saved: Saved | undefined; waiting: NewItem[]; attention: Attention[] }
  | { type: 'others'; others: State['others'] }
  | { type: 'attention'; attention: Attention[] }
  | { type: 'signed_out' }
  | { type: 'link'; link: Link }
  | { type: 'not_lasting' }
  | { type: 'scanned'; item: NewItem; fromScanner: boolean }
  | { type: 'refused_here'; id: string; at: string; action: NewItem['action']; code: string; outcome: string }
  | { type: 'not_kept'; id: string }
  | { type: 'answer_is_late'; id: string }
  | { type: 'answered'; answers: Answer[] }
  | { type: 'children'; parent: string; last: LastScan[] }
  | { type: 'completed_seen'; parent: string }
  | { type: 'idle' }
  | { type: 'close_asked'; asked: boolean }
  | { type: 'attention_opened'; open: boolean }

export function firstState(): State {
  return {
    parent: null,
    left: '',
    last: [],
    me: null,
    signedOut: false,
    link: 'ok',
    lasting: true,
    known: {},
    waiting: [],
    others: [],
    attention: [],
    attentionOpen: false,
    banner: { kind: 'none' },
    closeAsked: false,
    scannerSeen: false,
    cue: 0,
    sound: '',
    sounded: [],
  }
}

export function isParentLabel(code: string, labels: readonly ParentLabel[]): boolean {
  return labels.some(({ prefix, digits }) => {
    const rest = code.slice(prefix.length)
    return code.startsWith(prefix) && rest.length === digits && /^[0-9]+$/.test(rest)
  })
}

/** Children of the parent, counting what waits here. Two waiting scans of one child count once. */
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

/** The newest child that was put into the parent from here and is still in it. */
export function lastChildOf(state: State, parent: string): LastScan | undefined {
  return state.last.find(
    (scan) =>
      (scan.action === 'child' || scan.action === 'relink') &&
      scan.parent === parent &&
      (scan.state === 'kept' || scan.state === 'ok'),
  )
}

/** True when the very scan already waits here and nothing after it could have undone it. */
export function isWaitingTwice(state: State, parent: string, code: string): boolean {
  const undoing = state.waiting.some((item) => item.action !== 'child' && item.action !== 'parent')
  if (undoing) return false
  return state.waiting.some((item) => item.action === 'child' && item.parent === parent && item.code === code)
}

/** The parent that an undo would work on: the one shown, else the one that was filled last. */
export function undoParentOf(state: State): string | null {
  if (state.parent) return state.parent.code
  const child = state.last.find(({ action, state: at }) => action === 'child' && (at === 'kept' || at === 'ok'))
  return child?.parent ?? null
}

export function isOffLine(state: State): boolean {
  return state.link !== 'ok' || state.signedOut
}
