// What every station knows and how the events that every station has change it. The bag stations and
// the bill station each add their own to it (model.ts, ../bill/model.ts).
//
// Invariants: `waiting` holds every kept scan of the person that has no answer yet; a waiting item
// leaves only with its answer, or with a visible word that it could not be kept; an answer to another
// tab's scan makes no noise here. Pure: no clock, no network, no page.
import type { Link } from '../queue/sender'
import { isRefused, type Answer, type Attention, type NewItem, type Result } from '../queue/types'
import type { Params } from './phrases'

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
  /** False only where the server says so: it refuses anyway. */
  canBill?: boolean
  capacity: number
  labels: ParentLabel[]
  locale: string
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
  /** Of the bill station: the bill, and how many children fit into the parent that was scanned. */
  bill?: string
  capacity?: number
}

export interface Refused {
  kind: 'refused'
  id: string
  outcome: string
  code: string
  parent: string
  currentParent: string
  message: string
  /** What else the words of the refusal may name. */
  params?: Params
}

export type Sound = 'parent' | 'child' | 'refused'

export interface Common {
  me: Me | null
  signedOut: boolean
  link: Link
  lasting: boolean
  waiting: NewItem[]
  others: { name: string; count: number }[]
  attention: Attention[]
  attentionOpen: boolean
  scannerSeen: boolean
  last: LastScan[]
  banner: { kind: string } | Refused
  /** Counts up with each sound to make; `sound` is the newest. */
  cue: number
  sound: Sound | ''
  /** Items whose sound was made when they were kept. */
  sounded: string[]
}

/** The events of every station that it answers in its own way. */
export type WorkEvent =
  | { type: 'restored'; saved: unknown; waiting: NewItem[]; attention: Attention[] }
  | { type: 'scanned'; item: NewItem; fromScanner: boolean }
  | { type: 'refused_here'; id: string; at: string; action: NewItem['action']; code: string; outcome: string }
  | { type: 'not_kept'; id: string }
  | { type: 'answer_is_late'; id: string }
  | { type: 'answered'; answers: Answer[] }

/** The events that mean the same to every station. */
export type CommonEvent =
  | { type: 'others'; others: Common['others'] }
  | { type: 'attention'; attention: Attention[] }
  | { type: 'signed_out' }
  | { type: 'link'; link: Link }
  | { type: 'not_lasting' }
  | { type: 'attention_opened'; open: boolean }

export type KeeperEvent = WorkEvent | CommonEvent

export function firstCommon() {
  return {
    me: null as Me | null,
    signedOut: false,
    link: 'ok' as Link,
    lasting: true,
    waiting: [] as NewItem[],
    others: [] as Common['others'],
    attention: [] as Attention[],
    attentionOpen: false,
    scannerSeen: false,
    last: [] as LastScan[],
    cue: 0,
    sound: '' as Sound | '',
    sounded: [] as string[],
  }
}

export function isParentLabel(code: string, labels: readonly ParentLabel[]): boolean {
  return labels.some(({ prefix, digits }) => {
    const rest = code.slice(prefix.length)
    return code.startsWith(prefix) && rest.length === digits && /^[0-9]+$/.test(rest)
  })
}

export function isOffLine({ link, signedOut }: Pick<Common, 'link' | 'signedOut'>): boolean {
  return link !== 'ok' || signedOut
}

/** Everything that the words of an outcome may name. */
export function paramsOf(item: Partial<NewItem>, result: Partial<Result>): Params {
  return {
    code: result.code || item.code || item.parent || item.bill || '',
    parent: result.parent ?? item.parent,
    current_parent: result.current_parent,
    labels: result.labels,
    n: result.children,
    capacity: result.capacity,
    bill: result.bill ?? item.bill,
    current_bill: result.current_bill,
    bill_parents: result.bill_parents,
    bill_capacity: result.bill_capacity,
    missing: result.missing,
  }
}

export function cued<S extends Common>(state: S, sound: Sound): S {
  return { ...state, cue: state.cue + 1, sound }
}

export function withLast<S extends Common>(state: S, scan: LastScan): S {
  return { ...state, last: [scan, ...state.last].slice(0, LAST_KEPT) }
}

export function soundedNow<S extends Common>(state: S, item: NewItem, sound: Sound): S {
  const sounded = [...state.sounded, item.id].slice(-1000)
  return cued({ ...state, sounded }, sound)
}

export function isWaiting(state: Common, id: string): boolean {
  return state.waiting.some((item) => item.id === id)
}

export function withoutWaiting<S extends Common>(state: S, id: string): S {
  return { ...state, waiting: state.waiting.filter((item) => item.id !== id) }
}

/** The answers one by one, then one sound for all of them: the refusal's if there is one. */
export function answered<S extends Common>(
  state: S,
  answers: Answer[],
  one: (state: S, answer: Answer) => S,
  soundFor: (item: NewItem) => Sound,
): S {
  const ours = answers.filter(({ item }) => isWaiting(state, item.id))
  const ids = new Set(ours.map(({ item }) => item.id))
  const changed = answers.reduce(one, state)
  const next = { ...changed, sounded: state.sounded.filter((id) => !ids.has(id)) }
  if (ours.some(({ result }) => isRefused(result.outcome))) return cued(next, 'refused')
  const newest = ours.filter(({ item }) => !state.sounded.includes(item.id)).at(-1)
  return newest ? cued(next, soundFor(newest.item)) : next
}

/** What was kept when the page was left may have been answered since, here or in another tab. */
export function lastAfterReload(last: LastScan[], waiting: NewItem[], attention: Attention[]): LastScan[] {
  const stillWaits = new Set(waiting.map(({ id }) => id))
  const refused = new Map(attention.map((entry) => [entry.id, entry.result]))
  return last.map((scan): LastScan => {
    if (scan.state !== 'kept' || stillWaits.has(scan.id)) return scan
    const result = refused.get(scan.id)
    if (!result) return { ...scan, state: 'ok' }
    return { ...scan, state: 'no', outcome: result.outcome, currentParent: result.current_parent ?? '' }
  })
}

/** What stays when another person, or the same one anew, begins to work here. */
export function carriedOver(state: Common, waiting: NewItem[], attention: Attention[]) {
  const { me, link, lasting, signedOut, others, scannerSeen, cue, sound } = state
  const sounded = waiting.map(({ id }) => id)
  return { me, link, lasting, signedOut, others, scannerSeen, cue, sound, waiting, attention, sounded }
}

export function reduceCommon<S extends Common>(state: S, event: CommonEvent): S {
  switch (event.type) {
    case 'others':
      return { ...state, others: event.others }
    case 'attention':
      return { ...state, attention: event.attention, attentionOpen: state.attentionOpen && event.attention.length > 0 }
    case 'signed_out':
      return { ...state, signedOut: true }
    case 'link':
      return { ...state, link: event.link }
    case 'not_lasting':
      return { ...state, lasting: false }
    case 'attention_opened':
      return { ...state, attentionOpen: event.open }
  }
}
