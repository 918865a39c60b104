// What a device decides by itself, from the list of passes that it has and from what it has let in since.
//
// Invariant: the same rules as the server's (crates/passes/rules/src/redeem.rs) as far as the device knows; what it cannot
// know it says. Pure: list and time are handed in.
import type { Read } from './code'

const MINUTE_MS = 60_000
const JUST_NOW_MS = MINUTE_MS

/** A pass as the list has it, without its guest. */
export interface ListedPass {
  id: string
  people: number
  admitted: number
  inside: number
  cancelled?: boolean
  /** Codes that were made before this minute are no longer taken. */
  since?: number
  hashes?: string[]
}

export interface GateEvent {
  id: number
  name: string
  place: string
  state: string
  starts_at: string | null
  ends_at: string | null
  early_minutes: number
  one_by_one: boolean
  re_entry: boolean
  inside_max: number | null
}

/** How a pass stands, with what this device has done since it got its list. */
export interface Standing {
  admitted: number
  inside: number
  /** When this device let them in last. */
  enteredAt?: string
}

export interface Asked {
  action: 'admit' | 'leave'
  people?: number
  now: number
}

export interface Known {
  event: GateEvent
  find(pass: string): ListedPass | undefined
  standing(pass: string): Standing | undefined
}

/** `outcome` is one of the server's, or `not_listed`, `unsure` or `no_list` for what this device cannot know. */
export interface Local {
  outcome: string
  pass?: string
  people?: number
  inside?: number
  kind?: string
  entered_at?: string
  just_now?: boolean
  /** True for a pass that was made after the list: its signature is right, and nothing more is known of it. */
  isNewer?: boolean
}

function gateOf(event: GateEvent, now: number): string {
  if (event.state === 'draft') return 'not_yet'
  if (event.state === 'closed') return 'too_late'
  if (event.state === 'open') return ''
  if (event.starts_at && now < Date.parse(event.starts_at) - event.early_minutes * MINUTE_MS) return 'not_yet'
  return event.ends_at && now > Date.parse(event.ends_at) ? 'too_late' : ''
}

/** What is wrong with the code itself, or with its pass; empty if nothing is. */
function fault(read: Exclude<Read, { kind: 'bad_code' | 'tampered' | 'revoked' | 'unsure' }>, listed: ListedPass | undefined, known: Known, now: number): string {
  if (read.kind === 'epass') {
    if (!listed) return 'not_listed'
    if (listed.since !== undefined) return 'revoked'
    return listed.hashes?.includes(read.hash) ? '' : 'tampered'
  }
  if (read.event !== known.event.id) return 'wrong_event'
  if (listed && (listed.people !== read.people || (listed.since !== undefined && read.madeMinute < listed.since))) return 'revoked'
  return read.untilMinute > 0 && now > read.untilMinute * MINUTE_MS ? 'too_late' : ''
}

function enter(standing: Standing, people: number, event: GateEvent, asked: Asked): Local {
  const back = event.re_entry ? standing.admitted - standing.inside : 0
  const left = people - standing.admitted + back
  if (left <= 0) {
    const at = standing.enteredAt
    const isNow = at !== undefined && asked.now - Date.parse(at) <= JUST_NOW_MS
    return { outcome: 'already_admitted', just_now: isNow, ...(at ? { entered_at: at } : {}) }
  }
  const wanted = event.one_by_one && asked.people ? Math.min(asked.people, left) : left
  return { outcome: 'admitted', people: wanted, inside: standing.inside + wanted }
}

function leave(standing: Standing, event: GateEvent, asked: Asked): Local {
  if (!event.re_entry) return { outcome: 'no_re_entry' }
  if (standing.inside <= 0) return { outcome: 'not_inside' }
  const people = event.one_by_one && asked.people ? Math.min(asked.people, standing.inside) : standing.inside
  return { outcome: 'left', people, inside: standing.inside - people }
}

export function decide(read: Read, known: Known, asked: Asked): Local {
  if (!('pass' in read)) return { outcome: read.kind }
  const listed = known.find(read.pass)
  const wrong = fault(read, listed, known, asked.now)
  if (wrong) return { outcome: wrong }
  const people = listed?.people ?? (read.kind === 'compact' ? read.people : 1)
  const standing = known.standing(read.pass) ?? { admitted: listed?.admitted ?? 0, inside: listed?.inside ?? 0 }
  const told = { pass: read.pass, kind: people === 2 ? 'COUPLE' : 'SINGLE' }
  if (asked.action === 'leave') return { ...told, ...leave(standing, known.event, asked) }
  if (listed?.cancelled) return { ...told, outcome: 'cancelled' }
  const closed = gateOf(known.event, asked.now)
  if (closed) return { ...told, outcome: closed }
  return { ...told, ...enter(standing, people, known.event, asked), ...(listed ? {} : { isNewer: true }) }
}

/** How the pass stands after that. */
export function after(local: Local, before: Standing, at: string): Standing {
  const people = local.people ?? 0
  if (local.outcome === 'left') return { ...before, inside: before.inside - people }
  if (local.outcome !== 'admitted') return before
  const back = Math.min(people, before.admitted - before.inside)
  return { admitted: before.admitted + people - back, inside: before.inside + people, enteredAt: at }
}
