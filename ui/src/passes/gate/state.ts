// What the page of a gate knows and shows.
import type { CameraState } from '../../engine/camera/camera'
import type { Link } from '../../engine/sender'
import type { GateEvent } from './decide'
import type { Verdict } from './verdict'

export interface FoundGuest {
  id: string
  name1: string
  name2: string | null
  kind: string
  admitted: number
}

export interface Person {
  id: number
  name: string
  canUndo: boolean
}

export interface State {
  person: Person | null
  session: 'in' | 'out' | 'locked' | 'not_yours'
  link: Link
  lasting: boolean
  event: GateEvent | null
  takenAt: string
  listSize: number
  waiting: number
  others: { name: string; n: number }[]
  /** People who came in to the event and are inside, as the server last said, with what was done here since. */
  inside: number
  conflicts: number
  hasNewConflict: boolean
  /** What was answered while this page was open. */
  yes: number
  no: number
  verdict: Verdict | null
  camera: CameraState
  direction: 'admit' | 'leave'
  oneByOne: boolean
  found: { text: string; guests: FoundGuest[]; note: '' | 'short' | 'offline' | 'none' } | null
  asksReason: boolean
  gate: string
  device: string
}

export const isOffline = ({ link, session }: Pick<State, 'link' | 'session'>): boolean => link !== 'ok' || session !== 'in'
