// Made by scripts/types.mjs from the OpenAPI document of the server. Do not edit: run `npm run types`.

export type PostScans = ScansBody

export type PostScansAnswer = ScanAnswers

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
  /** Parents: the bill it is on. */
  bill?: string | null
  /** Parents: children in it. */
  children_count?: number | null
  closed_at?: Stamp | null
  code: string
  created_at?: Stamp | null
  created_by?: string | null
  /** The import that created it. */
  import?: string | null
  linked_at?: Stamp | null
  linked_by?: string | null
  /** Children: the parent it is in. */
  parent?: string | null
  scanned_at?: Stamp | null
  status?: BagStatus | null
  /** `parent` or `child`. */
  type: string
  /** Parents: kilograms, one for each child. */
  weight_kg?: number | null
}

/** The status of a parent. */
export type BagStatus = 'pending' | 'in_progress' | 'completed'

/** A bill with the parents on it. */
export type BillDetail = BillJson & {
  /** Pass as `cursor` to see more parents; null when there are none. */
  next?: string | null
  /** How many parents on it belong to areas that the caller may not see. */
  other_areas: number
  /** The parents on it that the caller may see, newest first. */
  parent_bags: BilledParentJson[]
}

/** The facts of a bill after the decision. An answer has all of it or nothing, so the document requires none of it. */
export type BillFacts = BillWeights & {
  /** Its capacity, in parents. */
  bill_capacity?: number
  /** How many parents are on it. */
  bill_parents?: number
  /** Its status. */
  bill_status?: BillStatus
  /** How many parents are missing, where that is what was wrong. */
  missing?: number
}

/** A bill. */
export interface BillJson {
  /** The weight of its children, in kilograms. */
  actual_kg: number
  /** Its number. */
  bill: string
  /** The number of parents it can hold. */
  capacity: number
  /** How many children those hold. */
  children: number
  completed_at?: Stamp | null
  /** By whom. */
  completed_by?: string | null
  created_at?: Stamp | null
  /** By whom. */
  created_by?: string | null
  /** What it is for. */
  description: string
  /** Where it goes; empty where nobody wrote it. */
  destination: string
  /** Its weight if each of its parents were full, in kilograms. */
  expected_kg: number
  /** How many are on it. */
  parents: number
  /** Parents in percent of the capacity, rounded; 100 only when it is full. */
  percent: number
  /** `empty`, `in_progress` or `completed`, from the percent alone. */
  progress: string
  /** Its status. */
  status: BillStatus
  /** Its weight when it holds as many full parents as it can, in kilograms. */
  target_kg: number
  /** Actual weight minus expected weight, in kilograms. */
  variance_kg: number
  /** The number of the vehicle that takes it there; empty where nobody wrote it. */
  vehicle_number: string
}

/** The status of a bill. */
export type BillStatus = 'new' | 'processing' | 'completed'

/** What a bill weighs, in kilograms (W2 to W4). An answer has all of it or nothing, so the document requires none of it. */
export interface BillWeights {
  /** Its children. */
  actual_kg?: number
  /** Its parents, were each full. */
  expected_kg?: number
  /** As many full parents as its capacity. */
  target_kg?: number
  /** Actual minus expected: negative is under. */
  variance_kg?: number
}

/** A parent on a bill. */
export interface BilledParentJson {
  area?: string | null
  /** How many fit. */
  capacity: number
  /** How many children it holds. */
  children: number
  code: string
  linked_at?: Stamp | null
  linked_by?: string | null
  /** How full it is. */
  status: BagStatus
}

/** A page of bills. */
export interface BillsJson {
  /** The bills, in the order that was asked for. */
  bills: BillJson[]
  /**
   * How many bills were looked at, when the page ended there before it was full; continue
   * with `next_cursor`.
   */
  looked_at?: number | null
  /** Where the next page starts; null on the last page. */
  next_cursor?: string | null
}

/** A child in its parent. */
export interface ChildJson {
  code: string
  linked_at?: Stamp | null
  linked_by?: string | null
}

/** A bag's code as it is stored: trimmed and upper case. Cheap to clone. */
export type Code = string

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
  outcome: Outcome
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

/** The person and their workplace. */
export interface Me {
  area?: string | null
  /** The area as people read it. */
  area_name?: string | null
  /** True for people who may fill and complete bills. */
  can_bill: boolean
  can_scan: boolean
  /** Most children in one parent. */
  capacity: number
  /** Send it as X-CSRF-Token with every change; empty for tokens. */
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

/** What became of a scan: a change, or the code of a refusal. */
export const OUTCOMES = [
  'parent_created',
  'parent_selected',
  'linked',
  'unlinked',
  'relinked',
  'undone',
  'closed',
  'registered',
  'deleted',
  'bill_linked',
  'bill_unlinked',
  'bill_created',
  'bill_edited',
  'bill_unchanged',
  'bill_finished',
  'bill_reopened',
  'bill_deleted',
  'children_set',
  'restored',
  'brought_back',
  'bill_brought_back',
  'bad_code',
  'not_a_parent_code',
  'is_parent',
  'is_child',
  'unknown_parent',
  'unknown_bag',
  'duplicate',
  'child_elsewhere',
  'parent_full',
  'parent_completed',
  'parent_on_completed_bill',
  'parent_on_bill',
  'has_children',
  'is_linked',
  'not_linked',
  'too_old_to_undo',
  'nothing_to_undo',
  'other_area',
  'unknown_bill',
  'bill_exists',
  'bad_bill',
  'bad_capacity',
  'bad_description',
  'bad_transport',
  'capacity_below_linked',
  'already_on_this_bill',
  'already_on_bill',
  'bill_full',
  'bill_completed',
  'bill_open',
  'bill_short',
  'not_on_bill',
  'too_many_children',
  'changed_since',
  'scanned_since',
  'nothing_to_bring_back',
  'scanned_again',
  'scan_id_reused',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** The answer to one scan, as the API writes it. Facts that do not apply are left out. */
export type ScanAnswer = BillFacts & {
  /** The bill concerned, or the one that prevents the change. */
  bill?: string
  /** How many fit. */
  capacity?: number
  /** How many children that parent has now; of one that was removed, how many went with it. */
  children?: number
  /** By how many seconds the sender's clock is off, where that is too much to be true. */
  clock_off_s?: number
  /** The code, as it was read. */
  code: string
  /** True on the link that filled the parent. */
  completed?: boolean
  /** The other bill that the parent is on. */
  current_bill?: string
  /** The parent that the child is in. */
  current_parent?: Code
  /** The scan's id, as it was sent. */
  id: string
  /** What parent labels look like, where the code is none; `#` is a digit. */
  labels?: string
  /** Refusals: what is wrong and what to do, in plain words. */
  message?: string
  /** What became of it. */
  outcome: Outcome
  /** The parent concerned. */
  parent?: Code
  /** The status of that parent. */
  status?: BagStatus
}

/** The answers to the scans of one call. */
export interface ScanAnswers {
  /** One for each scan, in order. */
  results: ScanAnswer[]
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
  /** The sender's id for this scan, best a UUID version 7. The same id always gets the same answer. */
  id: string
  /** The parent that was shown to the person: for `child`, `relink`, and `undo` of the newest link. */
  parent?: string | null
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
  status: BagStatus
}

/** A time as the API writes it, RFC 3339 in UTC. */
export type Stamp = string
