// What the bag stations and the bill station keep, send and are told: the open places of the engine's
// types, filled in.
import type { Answer, Attention, Kind, LastScan, Me, NewItem } from '../engine/items'
import type * as api from './api'

export type Action = api.PostScans['scans'][number]['action']

/** What is left out of an answer may come as null: both mean that there is nothing to say. */
type WithoutNulls<T> = { [K in keyof T]: Exclude<T[K], null> }

export interface BagItem extends NewItem {
  action: Action
  /** The parent that was shown when this was scanned. */
  parent?: string
  /** The bill that was shown when this was scanned. */
  bill?: string
}

type ServerResult = api.PostScansAnswer['results'][number]

/** All outcomes that the server has, if its description lists them. */
export type Outcome = ServerResult['outcome']

/** What the page itself answers in the server's place. */
export type OwnOutcome = 'malformed' | 'no_right' | 'not_kept' | 'not_taken_back'

/** The server's answer, or what the page itself answers in its place. */
export type ScanResult = { id: string; outcome: Outcome | OwnOutcome } & Partial<WithoutNulls<Omit<ServerResult, 'id' | 'outcome'>>>

export interface BagScan extends LastScan {
  action: Action
  parent: string
  currentParent: string
  children: number
  /** At the bill station: the bill, and how many children fit into the parent that was scanned. */
  bill?: string
  capacity?: number
}

export type ParentLabel = api.GetMeAnswer['parent_labels'][number]

export interface BagMe extends Me {
  /** How many children fit into a parent. */
  capacity: number
  labels: ParentLabel[]
}

export interface Bags extends Kind {
  me: BagMe
  item: BagItem
  result: ScanResult
  last: BagScan
}

export type BagAnswer = Answer<Bags>
export type BagAttention = Attention<Bags>
