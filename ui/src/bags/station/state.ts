// How each event changes what a bag station knows and shows. Pure: no clock, no network, no page; the
// same events give the same state.
//
// Invariants: a refusal changes no count; a waiting item leaves only with its answer, or with a visible
// message that it could not be saved; an answer to a scan of another tab makes no noise here.
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
import type { BagAnswer, BagAttention, BagItem, BagMe, BagScan, ScanResult } from '../items'
import { isRefused, isRepeat, isStillIn } from '../outcomes'
import { CAPACITY_DEFAULT, lastRestored, refusedBanner } from '../state'
import { countOf, firstState, type Banner, type Event, type ParentView, type Saved, type State } from './model'

function soundFor({ action }: BagItem): Sound {
  return action === 'parent' || action === 'close' ? 'low' : 'high'
}

function scanOf(item: BagItem): BagScan {
  const { id, at, action } = item
  const code = item.code ?? item.parent ?? ''
  const parent = item.parent ?? code
  return { id, at, action, code, parent, state: 'kept', outcome: '', currentParent: '', children: 0 }
}

function chosen(state: State, code: string): ParentView {
  const capacity = state.me?.capacity ?? CAPACITY_DEFAULT
  return state.known[code] ?? { code, children: 0, capacity, status: '' }
}

/** A code was accepted: show it at once, before the server knows. */
function scanned(state: State, item: BagItem, fromScanner: boolean): State {
  let next: State = {
    ...withLast(state, scanOf(item)),
    waiting: [...state.waiting, item],
    banner: { kind: 'none' },
    closeAsked: false,
    scannerSeen: state.scannerSeen || fromScanner,
  }
  if (item.action === 'parent' && item.code) {
    next = { ...next, parent: chosen(next, item.code), left: '' }
  }
  if (item.action === 'close') next = { ...next, parent: null, left: item.code ?? '' }
  if (item.action === 'undo' && item.parent && !next.parent) {
    next = { ...next, parent: chosen(next, item.parent), left: '' }
  }
  if (item.action === 'undo' && item.code) {
    next = { ...next, last: markUndone(next.last, item.code, item.parent ?? '') }
  }
  if (isOffline(state)) next = soundedNow(next, item.id, soundFor(item))
  return isFullOffline(next) ? completed(next) : next
}

function markUndone(last: BagScan[], code: string, parent: string): BagScan[] {
  let found = false
  return last.map((scan) => {
    const isIt = !found && scan.action !== 'undo' && scan.code === code && scan.parent === parent && scan.state !== 'no'
    if (!isIt) return scan
    found = true
    return { ...scan, state: 'undone' }
  })
}

/** The undo was refused: the child is still in. */
function unmarkUndone(last: BagScan[], item: BagItem): BagScan[] {
  const index = last.findIndex(({ state, code, parent }) => state === 'undone' && code === item.code && parent === item.parent)
  return last.map((scan, at): BagScan => (at === index ? { ...scan, state: 'ok' } : scan))
}

function isFullOffline(state: State): boolean {
  if (!state.parent || !isOffline(state)) return false
  return state.waiting.at(-1)?.action === 'child' && countOf(state, state.parent) >= state.parent.capacity
}

function completed(state: State): State {
  const { parent } = state
  if (!parent) return state
  const { code, capacity } = parent
  return { ...state, banner: { kind: 'completed', parent: code, children: countOf(state, parent), capacity } }
}

function learn(state: State, result: ScanResult, item: BagItem): State {
  const code = result.parent ?? (item.action === 'parent' || item.action === 'close' ? (result.code ?? item.code) : item.parent)
  // A refusal may count another bag: the one that was scanned as a child and is a parent.
  const isOther = item.action === 'child' && isRefused(result.outcome) && result.parent === undefined
  if (!code || result.children === undefined || isOther) return state
  const before = chosen(state, code)
  const view: ParentView = {
    code,
    children: result.children,
    capacity: result.capacity ?? before.capacity,
    status: result.status ?? (result.completed ? 'completed' : before.status),
  }
  const parent = state.parent?.code === code ? view : state.parent
  return { ...state, parent, known: { ...state.known, [code]: view } }
}

function settleLast(state: State, item: BagItem, result: ScanResult): State {
  const refused = isRefused(result.outcome)
  const last = state.last.map((scan): BagScan => {
    if (scan.id !== item.id) return scan
    return {
      ...settled(scan, result.outcome, refused),
      code: result.outcome === 'undone' ? (result.code ?? scan.code) : scan.code,
      currentParent: result.current_parent ?? '',
      children: result.children ?? 0,
    }
  })
  return { ...state, last }
}

function refusedBy(state: State, item: BagItem, result: ScanResult): State {
  const lost = item.action === 'parent' && state.parent?.code === item.code
  return {
    ...state,
    // A different bag is in front of the person now: showing the old parent would fill the wrong one.
    parent: lost ? null : state.parent,
    // A child that somebody else removed is out: the next undo is for the child before it.
    last: item.action === 'undo' && isStillIn(result.outcome) ? unmarkUndone(state.last, item) : state.last,
    attention: withAttention(state, item, result),
    closeAsked: false,
    banner: refusedBanner(item, result),
  }
}

function withAttention({ attention }: State, item: BagItem, result: ScanResult): BagAttention[] {
  return isRepeat(result.outcome) ? attention : [...attention, { id: item.id, personId: item.personId, item, result }]
}

/** A child that was moved here no longer needs attention for having been elsewhere. */
export function isSettledByMove(entry: BagAttention, code: string | undefined): boolean {
  return entry.result.outcome === 'child_elsewhere' && entry.item.code === code
}

function answeredOne(state: State, { item, result }: BagAnswer): State {
  // An item of another tab changes the counts, but this page did not scan it.
  const isOurs = isWaiting(state, item.id)
  let next = withoutWaiting(state, item.id)
  next = settleLast(learn(next, result, item), item, result)
  if (isRefused(result.outcome)) return isOurs ? refusedBy(next, item, result) : next
  if (result.outcome === 'undone' && result.code) {
    next = { ...next, last: markUndone(next.last, result.code, result.parent ?? item.parent ?? '') }
  }
  if (result.outcome === 'relinked') {
    const attention = next.attention.filter((entry) => !isSettledByMove(entry, item.code))
    next = { ...next, attention }
  }
  const isShown = next.parent !== null && next.parent.code === (result.parent ?? item.parent)
  return result.completed && isShown && isOurs ? completed(next) : next
}

function withMe(state: State, me: BagMe, selected: ParentView | null, isFirst: boolean): State {
  const known = selected ? { ...state.known, [selected.code]: selected } : state.known
  const next: State = { ...state, me, known, signedOut: false }
  if (!selected) return next
  if (next.parent?.code === selected.code) return { ...next, parent: selected }
  // What waits here is newer than what the server knows, and so is a parent that was left here. And the
  // parent never changes while the person looks at it, only when the page opens.
  const isNewer = next.waiting.length > 0 || next.left === selected.code
  return isNewer || !isFirst || next.banner.kind !== 'none' ? next : { ...next, parent: selected }
}

function restored(state: State, saved: Saved | undefined, waiting: BagItem[], attention: BagAttention[]): State {
  return {
    ...firstState(),
    ...carriedOver(state, waiting, attention),
    parent: saved?.parent ?? null,
    left: saved?.left ?? '',
    last: lastRestored(saved?.last ?? [], waiting, attention),
    known: saved?.parent ? { [saved.parent.code]: saved.parent } : {},
  }
}

function refusedHere(state: State, event: Event & { type: 'refused_here' }): State {
  const { id, at, action, code, outcome } = event
  const parent = state.parent?.code ?? ''
  const scan: BagScan = { id, at, action, code, parent, state: 'no', outcome, currentParent: '', children: 0 }
  const { kind, sound } = toldAs(isRepeat(outcome))
  const banner: Banner = { kind, id, outcome, code, parent, currentParent: '', message: '' }
  return cued({ ...withLast(state, scan), banner, closeAsked: false }, sound)
}

function notKept(state: State, id: string): State {
  const item = state.waiting.find((waiting) => waiting.id === id)
  if (!item) return state
  const result: ScanResult = { id, outcome: 'not_kept' }
  const next = withoutWaiting(state, id)
  return cued(settleLast(refusedBy(next, item, result), item, result), 'refused')
}

function toParentMode(state: State): State {
  return { ...state, parent: null, left: state.parent?.code ?? state.left, banner: { kind: 'none' }, closeAsked: false }
}

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'me':
      return withMe(state, event.me, event.selected, event.first)
    case 'restored':
      return restored(state, event.saved as Saved | undefined, event.waiting, event.attention)
    case 'scanned':
      return scanned(state, event.item, event.fromScanner)
    case 'refused_here':
      return refusedHere(state, event)
    case 'not_kept':
      return notKept(state, event.id)
    case 'answer_is_late': {
      const item = state.waiting.find(({ id }) => id === event.id)
      return item && !state.sounded.includes(item.id) ? soundedNow(state, item.id, soundFor(item)) : state
    }
    case 'answered':
      return answered(state, event.answers, { one: answeredOne, soundFor, isRefused, isRepeat })
    case 'children':
      return state.parent?.code === event.parent && state.last.length === 0 ? { ...state, last: event.last } : state
    case 'completed_seen':
      return state.banner.kind === 'completed' && state.banner.parent === event.parent ? toParentMode(state) : state
    case 'idle':
      return state.parent && state.banner.kind !== 'completed' ? toParentMode(state) : state
    case 'close_asked':
      return { ...state, closeAsked: event.asked }
    default:
      return reduceCommon(state, event)
  }
}
