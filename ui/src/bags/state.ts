// What the bag stations and the bill station share of their state: parent labels, what an answer says,
// and what is left of the last scans after a reload.
import type { Params } from '../engine/phrases'
import { lastAfterReload, toldAs, type Refused } from '../engine/state'
import type { BagAttention, BagItem, BagScan, Bags, ParentLabel, ScanResult } from './items'
import { isRepeat } from './outcomes'

export const CAPACITY_DEFAULT = 30

export interface BagRefused extends Refused {
  parent: string
  currentParent: string
}

export function isParentLabel(code: string, labels: readonly ParentLabel[]): boolean {
  return labels.some(({ prefix, digits }) => {
    const rest = code.slice(prefix.length)
    return code.startsWith(prefix) && rest.length === digits && /^[0-9]+$/.test(rest)
  })
}

/** What is done with a scan; the rest is done with a key. */
const SCANNED: readonly (BagItem['action'] | undefined)[] = ['parent', 'child', 'bill_link', undefined]

/** Everything that the words of an outcome may name. */
export function paramsOf(item: Partial<BagItem>, result: Partial<ScanResult>): Params {
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
    pressed: SCANNED.includes(item.action) ? undefined : 1,
  }
}

export function refusedBanner(item: BagItem, result: ScanResult): BagRefused {
  const params = paramsOf(item, result)
  return {
    kind: toldAs(isRepeat(result.outcome)).kind,
    id: item.id,
    outcome: result.outcome,
    code: String(params.code),
    parent: result.parent ?? item.parent ?? '',
    currentParent: result.current_parent ?? '',
    message: result.message ?? '',
    params,
  }
}

export function lastRestored(last: BagScan[], waiting: BagItem[], attention: BagAttention[]): BagScan[] {
  return lastAfterReload<Bags>(last, waiting, attention, (scan, result) => ({ ...scan, currentParent: result.current_parent ?? '' }))
}
