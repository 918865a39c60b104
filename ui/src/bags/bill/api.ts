// What the bill station asks the server: one bill with its parents, and the newest open bills.
//
// Invariant: an answer is trusted only if it has the promised shape; otherwise what is shown stays.
import { bodyOf, call, count, isJson, text, type Unread } from '../../engine/http'
import type { GetBillAnswer, GetBillsAnswer } from '../api'
import { CAPACITY_DEFAULT } from '../state'
import type { BillBag, BillView, OpenBill } from './model'

const OPEN_BILLS_MAX = 20
/** A bill holds at most 100 parents; one from an import may hold more, and is cut off here. */
const PAGES_MAX = 20

export type BillReply = BillView | 'unknown' | 'none'

function bagOf(json: Unread<GetBillAnswer['parent_bags'][number]>): BillBag {
  return { code: text(json.code), children: count(json.children, 0), capacity: count(json.capacity, CAPACITY_DEFAULT) }
}

function billOf(body: Unread<GetBillAnswer>, bags: BillBag[]): BillView {
  return {
    number: text(body.bill),
    isKnown: true,
    parents: count(body.parents, bags.length),
    capacity: count(body.capacity, 0),
    status: text(body.status),
    actualKg: count(body.actual_kg, 0),
    expectedKg: count(body.expected_kg, 0),
    targetKg: count(body.target_kg, 0),
    varianceKg: count(body.variance_kg, 0),
    bags,
  }
}

export async function fetchBill(number: string): Promise<BillReply> {
  const address = `/api/v1/bills/${encodeURIComponent(number)}`
  const bags: BillBag[] = []
  let cursor = ''
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const response = await call(cursor === '' ? address : `${address}?cursor=${encodeURIComponent(cursor)}`)
    if (response?.status === 404) return 'unknown'
    const body: Unread<GetBillAnswer> | null = response?.ok ? await bodyOf(response) : null
    if (!body || text(body.bill) === '' || !Array.isArray(body.parent_bags)) return 'none'
    bags.push(...body.parent_bags.filter(isJson).map(bagOf))
    const next = text(body.next)
    if (next === '' || page === PAGES_MAX - 1) return billOf(body, bags)
    cursor = next
  }
  return 'none'
}

/** null if they are not available now. */
export async function fetchOpenBills(): Promise<OpenBill[] | null> {
  const response = await call(`/api/v1/bills?status=open&limit=${OPEN_BILLS_MAX}`)
  const body: Unread<GetBillsAnswer> | null = response?.ok ? await bodyOf(response) : null
  if (!body || !Array.isArray(body.bills)) return null
  return body.bills
    .filter(isJson)
    .map((bill: Unread<GetBillsAnswer['bills'][number]>) => ({ number: text(bill.bill), parents: count(bill.parents, 0), capacity: count(bill.capacity, 0) }))
    .filter(({ number }) => number !== '')
}
