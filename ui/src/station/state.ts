// How each event changes what the floor knows and shows. Pure: no clock, no network, no page; the
// same events give the same state.
//
// Invariants: a refusal changes no count; a waiting item leaves only with its answer, or with a
// visible word that it could not be kept; an answer to another tab's scan makes no noise here.
import { isRefused, isStillIn, type Answer, type Attention, type NewItem, type Result } from '../queue/types'
import {
  answered,
  carriedOver,
  cued,
  isWaiting,
  lastAfterReload,
  paramsOf,
  reduceCommon,
  soundedNow,
  withLast,
  withoutWaiting,
  type LastScan,
  type Me,
  type Sound,
} from './common'
import {
  CAPACITY_DEFAULT,
  countOf,
  firstState,
  isOffLine,
  type Banner,
  type Event,
  type ParentView,
  type Saved,
  type State,
} from './model'

function soundFor({ action }: NewItem): Sound {
  return action === 'parent' || action === 'close' ? 'parent' : 'child'
}

function scanOf(item: NewItem): LastScan {
  const { id, at, action } = item
  const code = item.code ?? item.parent ?? ''
  const parent = item.parent ?? code
  return { id, at, action, code, parent, state: 'kept', outcome: '', currentParent: '', children: 0 }
}

function chosen(state: State, code: string): ParentView {
  const capacity = state.me?.capacity ?? CAPACITY_DEFAULT
  return state.known[code] ?? { code, children: 0, capacity, status: '' }
}

/** A code was taken: show it at once, before the server knows. */
function scanned(state: State, item: NewItem, fromScanner: boolean): State {
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
  if (isOffLine(state)) next = soundedNow(next, item, soundFor(item))
  return isFullOffLine(next) ? completed(next) : next
}

function markUndone(last: LastScan[], code: string, parent: string): LastScan[] {
  let found = false
  return last.map((scan) => {
    const isIt = !found && scan.action !== 'undo' && scan.code === code && scan.parent === parent && scan.state !== 'no'
    if (!isIt) return scan
    found = true
    return { ...scan, state: 'undone' }
  })
}

/** The undo was refused: the child is still in. */
function unmarkUndone(last: LastScan[], item: NewItem): LastScan[] {
  const index = last.findIndex(({ state, code, parent }) => state === 'undone' && code === item.code && parent === item.parent)
  return last.map((scan, at): LastScan => (at === index ? { ...scan, state: 'ok' } : scan))
}

function isFullOffLine(state: State): boolean {
  if (!state.parent || !isOffLine(state)) return false
  return state.waiting.at(-1)?.action === 'child' && countOf(state, state.parent) >= state.parent.capacity
}

function completed(state: State): State {
  const { parent } = state
  if (!parent) return state
  const { code, capacity } = parent
  return { ...state, banner: { kind: 'completed', parent: code, children: countOf(state, parent), capacity } }
}

function learn(state: State, result: Result, item: NewItem): State {
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

function settleLast(state: State, item: NewItem, result: Result): State {
  const refused = isRefused(result.outcome)
  const last = state.last.map((scan): LastScan => {
    if (scan.id !== item.id) return scan
    return {
      ...scan,
      state: refused ? 'no' : scan.state === 'undone' ? 'undone' : 'ok',
      outcome: result.outcome,
      code: result.outcome === 'undone' ? (result.code ?? scan.code) : scan.code,
      currentParent: result.current_parent ?? '',
      children: result.children ?? 0,
    }
  })
  return { ...state, last }
}

function refusedBy(state: State, item: NewItem, result: Result): State {
  const params = paramsOf(item, result)
  const lost = item.action === 'parent' && state.parent?.code === item.code
  return {
    ...state,
    // The bag in front of the person is not the one before: showing the old parent would fill the wrong one.
    parent: lost ? null : state.parent,
    // What somebody else took out is out: the next undo is for the child before it.
    last: item.action === 'undo' && isStillIn(result.outcome) ? unmarkUndone(state.last, item) : state.last,
    attention: [...state.attention, { id: item.id, personId: item.personId, item, result }],
    closeAsked: false,
    banner: {
      kind: 'refused',
      id: item.id,
      outcome: result.outcome,
      code: String(params.code),
      parent: result.parent ?? item.parent ?? '',
      currentParent: result.current_parent ?? '',
      message: result.message ?? '',
      params,
    },
  }
}

/** A child that was moved here needs no attention any more for having been elsewhere. */
export function isSettledByMove(entry: Attention, code: string | undefined): boolean {
  return entry.result.outcome === 'child_elsewhere' && entry.item.code === code
}

function answeredOne(state: State, { item, result }: Answer): State {
  // Another tab's item changes the counts, but it is not what this page scanned.
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

function withMe(state: State, me: Me, selected: ParentView | null, isFirst: boolean): State {
  const known = selected ? { ...state.known, [selected.code]: selected } : state.known
  const next: State = { ...state, me, known, signedOut: false }
  if (!selected) return next
  if (next.parent?.code === selected.code) return { ...next, parent: selected }
  // What waits here is newer than what the server knows; so is a parent that was left here. And a
  // parent never changes under the eyes of the person, only when the page opens.
  const isNewer = next.waiting.length > 0 || next.left === selected.code
  return isNewer || !isFirst || next.banner.kind !== 'none' ? next : { ...next, parent: selected }
}

function restored(state: State, saved: Saved | undefined, waiting: NewItem[], attention: Attention[]): State {
  return {
    ...firstState(),
    ...carriedOver(state, waiting, attention),
    parent: saved?.parent ?? null,
    left: saved?.left ?? '',
    last: lastAfterReload(saved?.last ?? [], waiting, attention),
    known: saved?.parent ? { [saved.parent.code]: saved.parent } : {},
  }
}

function refusedHere(state: State, event: Event & { type: 'refused_here' }): State {
  const { id, at, action, code, outcome } = event
  const parent = state.parent?.code ?? ''
  const scan: LastScan = { id, at, action, code, parent, state: 'no', outcome, currentParent: '', children: 0 }
  const banner: Banner = { kind: 'refused', id, outcome, code, parent, currentParent: '', message: '' }
  return cued({ ...withLast(state, scan), banner, closeAsked: false }, 'refused')
}

function notKept(state: State, id: string): State {
  const item = state.waiting.find((waiting) => waiting.id === id)
  if (!item) return state
  const result: Result = { id, outcome: 'not_kept' }
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
      return item && !state.sounded.includes(item.id) ? soundedNow(state, item, soundFor(item)) : state
    }
    case 'answered':
      return answered(state, event.answers, answeredOne, soundFor)
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
