// What a gate keeps, sends and is told.
import type { Item, NewItem, Result } from '../../engine/items'

/** An entry that this device decided by itself. */
export interface Offline {
  at: string
  /** The time of the list that it decided on. */
  snapshot_at: string
}

export interface GateItem extends NewItem {
  action: 'admit' | 'leave' | 'undo'
  event: number
  /** The id of a pass that was found by name, instead of a code. */
  pass?: string
  people?: number
  reason?: string
  offline?: Offline
  device: string
}

export type KeptItem = Item<GateItem>

export interface Guest {
  name1?: string
  name2?: string | null
  timing?: string
  entered_by?: string | null
}

/** What the server says of a scan. */
export interface GateResult extends Result {
  pass?: string
  kind?: string
  people?: number
  inside?: number
  entered_at?: string
  gate?: string
  just_now?: boolean
  re_entry?: boolean
  conflict?: boolean
  guest?: Guest | null
}
