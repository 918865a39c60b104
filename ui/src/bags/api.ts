// Made by scripts/types.mjs from the OpenAPI document of the server. Do not edit: run `npm run types`.

export type PostScans = ScansBody

export type PostScansAnswer = ScanResults

export type GetMeAnswer = Me

export type GetBagAnswer = BagDetail

export type GetBillsAnswer = BillsJson

export type GetBillAnswer = BillDetail

/** The actions that people and integrations may ask for here. */
export type ApiAction =
  | 'parent'
  | 'child'
  | 'unlink'
  | 'relink'
  | 'undo'
  | 'close'
  | 'bill_link'
  | 'bill_enter'
  | 'bill_unlink'
  | 'bill_complete'
  | 'bill_reopen'

/** A bag with its contents and its history. */
export type BagDetail = BagJson & {
  /** Parents: how many children fit. */
  capacity?: number | null
  /** Parents: its children, newest link first; at most 200. */
  children: ChildJson[]
  /** Pass as `children_after` to see the other children; null when there are none. */
  children_next?: string | null
  /** Its scans, newest first; at most 50. */
  history: HistoryJson[]
  /** Pass as `before` to see older scans; null when there are none. */
  history_next?: number | null
}

/** A bag. */
export interface BagJson {
  area?: string | null
  /** Parents: the bill it stands on. */
  bill?: string | null
  /** Parents: children in it. */
  children_count?: number | null
  closed_at?: Stamp | null
  code: string
  created_at: Stamp
  created_by?: string | null
  /** The import it came with. */
  import?: string | null
  linked_at?: Stamp | null
  linked_by?: string | null
  /** Children: the parent it is in. */
  parent?: string | null
  scanned_at?: Stamp | null
  /** Parents: `pending`, `in_progress` or `completed`. */
  status?: string | null
  /** `parent` or `child`. */
  type: string
  /** Parents: kilograms, one for each child. */
  weight_kg?: number | null
}

/** A bill with the parents on it. */
export type BillDetail = BillJson & {
  /** Pass as `cursor` to see more parents; null when there are none. */
  next?: string | null
  /** How many parents on it belong to areas that the caller may not see. */
  other_areas: number
  /** The parents on it that the caller may see, newest first. */
  parent_bags: BilledParentJson[]
}

/** A bill. */
export interface BillJson {
  /** Its children, in kilograms. */
  actual_kg: number
  /** Its number. */
  bill: string
  /** How many parents it shall hold. */
  capacity: number
  /** How many children those hold. */
  children: number
  completed_at?: Stamp | null
  /** By whom. */
  completed_by?: string | null
  /** When it was created. */
  created_at: Stamp
  /** By whom. */
  created_by?: string | null
  /** What it is for. */
  description: string
  /** Its parents were each full, in kilograms. */
  expected_kg: number
  /** How many are on it. */
  parents: number
  /** Parents in percent of the capacity, rounded down. */
  percent: number
  /** `empty`, `in_progress` or `completed`, from the percent alone. */
  progress: string
  /** `new`, `processing` or `completed`. */
  status: string
  /** As many full parents as it shall hold, in kilograms. */
  target_kg: number
  /** Actual less expected, in kilograms. */
  variance_kg: number
}

/** A parent on a bill. */
export interface BilledParentJson {
  area?: string | null
  /** How many fit. */
  capacity: number
  /** How many children it holds. */
  children: number
  code: string
  linked_at: Stamp
  linked_by?: string | null
  /** `pending`, `in_progress` or `completed`. */
  status: string
}

/** A page of bills. */
export interface BillsJson {
  /** The bills, in the order that was asked for. */
  bills: BillJson[]
  /**
   * How many bills were looked at, when the page is not full because no more may be looked at in one call. Go on
   * with `next_cursor`.
   */
  looked_at?: number | null
  /** Where the next page begins; null on the last. */
  next_cursor?: string | null
}

/** A child in its parent. */
export interface ChildJson {
  code: string
  linked_at?: Stamp | null
  linked_by?: string | null
}

/** A scan in the history. */
export interface HistoryJson {
  action: string
  /** The area that it counts in. */
  area?: string | null
  at: Stamp
  /** The bill that was named, in capitals. */
  bill?: string | null
  client_at: Stamp
  code: string
  outcome: string
  parent?: string | null
  person?: string | null
  /** Its number; higher is later. */
  seq: number
  station?: string | null
  undone_at?: Stamp | null
  undone_by?: string | null
}

/** A parent label: a fixed beginning and a number of digits. */
export interface Label {
  digits: number
  prefix: string
}

/** The person and his workplace. */
export interface Me {
  area?: string | null
  /** The area as people read it. */
  area_name?: string | null
  /** True for who may fill and complete bills. */
  can_bill: boolean
  can_scan: boolean
  /** Most children in one parent. */
  capacity: number
  /** To be sent as X-CSRF-Token with every change; empty for tokens. */
  csrf: string
  /** The account's number. */
  id: number
  locale: string
  name: string
  /** The parent labels in use. */
  parent_labels: Label[]
  selected_parent?: SelectedParent | null
  station?: string | null
}

/** One scan. */
export interface ScanBody {
  /** What is asked for. */
  action: ApiAction
  /** When it was scanned, by the sender's clock (RFC 3339). */
  at: string
  /** The number of the bill that was shown to the person: for every action on a bill. */
  bill?: string | null
  /** The code as it was read. An `undo` may name a `parent` instead. */
  code?: string | null
  /** The sender's id for this scan, best a UUID version 7. The same id is answered the same way for ever. */
  id: string
  /** The parent that was shown to the person: for `child`, `relink`, and `undo` of the newest link. */
  parent?: string | null
}

/** What became of one scan. Facts that do not apply are left out. */
export interface ScanResult {
  /** Weight of the bill's children, in kilograms. */
  actual_kg?: number | null
  /** The bill concerned, or the one that stands in the way. */
  bill?: string | null
  /** How many it shall hold. */
  bill_capacity?: number | null
  /** How many parents are on the bill now. */
  bill_parents?: number | null
  /** `new`, `processing` or `completed`. */
  bill_status?: string | null
  /** How many fit. */
  capacity?: number | null
  /** How many children that parent has now; of one that was removed, how many went with it. */
  children?: number | null
  /** By how many seconds the sender's clock is off, where that is too much to be true. */
  clock_off_s?: number | null
  /** The code, as it was read. */
  code: string
  /** True on the link that filled the parent. */
  completed?: boolean | null
  /** The other bill that the parent is on. */
  current_bill?: string | null
  /** The parent that the child is in. */
  current_parent?: string | null
  /** Weight of its parents were each full, in kilograms. */
  expected_kg?: number | null
  /** The scan's id, as it was sent. */
  id: string
  /** What parent labels look like, where the code is none; `#` is a digit. */
  labels?: string | null
  /** Refusals: what is wrong and the way out. */
  message?: string | null
  /** How many parents are missing to complete the bill. */
  missing?: number | null
  /**
   * `parent_created`, `parent_selected`, `linked`, `unlinked`, `relinked`, `undone`, `closed`, `bill_linked`,
   * `bill_unlinked`, `bill_finished`, `bill_reopened`, or the code of a refusal.
   */
  outcome: string
  /** The parent concerned. */
  parent?: string | null
  /** `pending`, `in_progress` or `completed`. */
  status?: string | null
  /** Weight of as many full parents as it shall hold, in kilograms. */
  target_kg?: number | null
  /** Actual less expected, in kilograms. */
  variance_kg?: number | null
}

/** The results of `POST /api/v1/scans`. */
export interface ScanResults {
  /** One for each scan, in order. */
  results: ScanResult[]
}

/** Scans of one call, decided in order, each on its own. */
export interface ScansBody {
  /** 1 to 1,000 scans. */
  scans: ScanBody[]
  /** The station's name, kept with each scan. */
  station?: string | null
}

/** The parent in hand. */
export interface SelectedParent {
  capacity: number
  children: number
  code: string
  status: string
}

/** A time as the API writes it, RFC 3339 in UTC. */
export type Stamp = string
