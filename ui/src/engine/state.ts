// What every station knows, and how the events that every station has change it. Each station adds its
// own part.
//
// Invariants: `waiting` holds every saved scan of the person that has no answer yet; a waiting item
// leaves only with its answer, or with a visible message that it could not be saved; an answer to a scan
// of another tab makes no noise here. Pure: no clock, no network, no page.
import type { Answer, Attention, Kind, LastScan } from './items'
import type { Params } from './phrases'
import type { Link } from './sender'

export const LAST_KEPT = 50
export const LAST_SHOWN = 10

export interface Refused {
  /** `repeated`: it was done before, and nothing needs to be done about it. */
  kind: 'refused' | 'repeated'
  id: string
  outcome: string
  code: string
  message: string
  /** What else the words of the refusal may name. */
  params?: Params
}

/**
 * A low tone for what was chosen or finished, a high one for what was added, an even pair for what was scanned before, a
 * falling pair for a refusal.
 */
export type Sound = 'low' | 'high' | 'again' | 'refused'

/** How a refusal is told. */
export function toldAs(isRepeat: boolean): { kind: Refused['kind']; sound: Sound } {
  return isRepeat ? { kind: 'repeated', sound: 'again' } : { kind: 'refused', sound: 'refused' }
}

export interface Common<K extends Kind = Kind> {
  me: K['me'] | null
  signedOut: boolean
  /** True if somebody is still signed in, behind a locked screen. */
  locked: boolean
  link: Link
  lasting: boolean
  waiting: K['item'][]
  others: { name: string; count: number }[]
  attention: Attention<K>[]
  attentionOpen: boolean
  scannerSeen: boolean
  last: K['last'][]
  banner: { kind: string } | Refused
  /** Counts up with each sound to make; `sound` is the newest. */
  cue: number
  sound: Sound | ''
  /** Items whose sound was made when they were saved. */
  sounded: string[]
}

/** The events of every station that each station handles in its own way. */
export type WorkEvent<K extends Kind = Kind> =
  | { type: 'restored'; saved: unknown; waiting: K['item'][]; attention: Attention<K>[] }
  | { type: 'scanned'; item: K['item']; fromScanner: boolean }
  | { type: 'refused_here'; id: string; at: string; action: K['item']['action']; code: string; outcome: string }
  | { type: 'not_kept'; id: string }
  | { type: 'answer_is_late'; id: string }
  | { type: 'answered'; answers: Answer<K>[] }

/** The events that mean the same to every station. */
export type CommonEvent<K extends Kind = Kind> =
  | { type: 'others'; others: Common['others'] }
  | { type: 'attention'; attention: Attention<K>[] }
  | { type: 'signed_out'; locked: boolean }
  | { type: 'link'; link: Link }
  | { type: 'not_lasting' }
  | { type: 'attention_opened'; open: boolean }
  /** These have their answers, and no page could tell which; `refused` are those among them that were refused. */
  | { type: 'answered_unseen'; ids: ReadonlySet<string>; refused: Attention<K>[] }

export type KeeperEvent<K extends Kind = Kind> = WorkEvent<K> | CommonEvent<K>

export function firstCommon<K extends Kind>(): Omit<Common<K>, 'banner'> {
  return {
    me: null,
    signedOut: false,
    locked: false,
    link: 'ok',
    lasting: true,
    waiting: [],
    others: [],
    attention: [],
    attentionOpen: false,
    scannerSeen: false,
    last: [],
    cue: 0,
    sound: '',
    sounded: [],
  }
}

export function isOffline({ link, signedOut }: Pick<Common, 'link' | 'signedOut'>): boolean {
  return link !== 'ok' || signedOut
}

export function cued<S extends Common>(state: S, sound: Sound): S {
  return { ...state, cue: state.cue + 1, sound }
}

export function withLast<S extends Common>(state: S, scan: S['last'][number]): S {
  return { ...state, last: [scan, ...state.last].slice(0, LAST_KEPT) }
}

export function soundedNow<S extends Common>(state: S, id: string, sound: Sound): S {
  const sounded = [...state.sounded, id].slice(-1000)
  return cued({ ...state, sounded }, sound)
}

export function isWaiting(state: Common, id: string): boolean {
  return state.waiting.some((item) => item.id === id)
}

export function withoutWaiting<S extends Common>(state: S, id: string): S {
  return { ...state, waiting: state.waiting.filter((item) => item.id !== id) }
}

/** What a wing says about its answers. */
export interface AnswerRules<K extends Kind, S> {
  one(state: S, answer: Answer<K>): S
  soundFor(item: K['item']): Sound
  isRefused(outcome: string): boolean
  isRepeat(outcome: string): boolean
}

/** Applies the answers one by one, then makes one sound for all of them: the gravest. */
export function answered<K extends Kind, S extends Common<K>>(state: S, answers: Answer<K>[], rules: AnswerRules<K, S>): S {
  const ours = answers.filter(({ item }) => isWaiting(state, item.id))
  const ids = new Set(ours.map(({ item }) => item.id))
  const changed = answers.reduce((next, answer) => rules.one(next, answer), state)
  const next = { ...changed, sounded: state.sounded.filter((id) => !ids.has(id)) }
  const refused = ours.filter(({ result }) => rules.isRefused(result.outcome))
  if (refused.some(({ result }) => !rules.isRepeat(result.outcome))) return cued(next, 'refused')
  if (refused.length > 0) return cued(next, 'again')
  const newest = ours.filter(({ item }) => !state.sounded.includes(item.id)).at(-1)
  return newest ? cued(next, rules.soundFor(newest.item)) : next
}

/** The scan with its answer. What somebody undid meanwhile stays undone. */
export function settled<L extends LastScan>(scan: L, outcome: string, isRefused: boolean): L {
  return { ...scan, state: isRefused ? 'no' : scan.state === 'undone' ? 'undone' : 'ok', outcome }
}

/** Scans that were waiting when the page was left may have been answered since, here or in another tab. */
export function lastAfterReload<K extends Kind>(
  last: K['last'][],
  waiting: K['item'][],
  attention: Attention<K>[],
  refusedBy: (scan: K['last'], result: K['result']) => K['last'],
): K['last'][] {
  const stillWaits = new Set(waiting.map(({ id }) => id))
  const refused = new Map(attention.map((entry) => [entry.id, entry.result]))
  return last.map((scan): K['last'] => {
    if (scan.state !== 'kept' || stillWaits.has(scan.id)) return scan
    const result = refused.get(scan.id)
    return result ? refusedBy({ ...scan, state: 'no', outcome: result.outcome }, result) : { ...scan, state: 'ok' }
  })
}

/** What stays when another person, or the same one again, begins to work here. */
export function carriedOver<K extends Kind>(state: Common<K>, waiting: K['item'][], attention: Attention<K>[]) {
  const { me, link, lasting, signedOut, locked, others, scannerSeen, cue, sound } = state
  const sounded = waiting.map(({ id }) => id)
  return { me, link, lasting, signedOut, locked, others, scannerSeen, cue, sound, waiting, attention, sounded }
}

export function reduceCommon<K extends Kind, S extends Common<K>>(state: S, event: CommonEvent<K>): S {
  switch (event.type) {
    case 'others':
      return { ...state, others: event.others }
    case 'attention':
      return { ...state, attention: event.attention, attentionOpen: state.attentionOpen && event.attention.length > 0 }
    case 'signed_out':
      return { ...state, signedOut: true, locked: event.locked }
    case 'link':
      return { ...state, link: event.link }
    case 'not_lasting':
      return { ...state, lasting: false }
    case 'attention_opened':
      return { ...state, attentionOpen: event.open }
    case 'answered_unseen': {
      const waiting = state.waiting.filter(({ id }) => !event.ids.has(id))
      const known = new Set(state.attention.map(({ id }) => id))
      const attention = [...state.attention, ...event.refused.filter(({ id }) => !known.has(id))]
      return { ...state, waiting, attention, last: lastAfterReload<K>(state.last, waiting, attention, (scan) => scan) }
    }
  }
}
