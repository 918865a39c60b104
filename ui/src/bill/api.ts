// The bill station's questions: one bill with its parents, and the newest open bills.
//
// Invariant: an answer is believed only when it has the shape that was promised; anything else is the
// same as no answer, and what is shown stays.
import { bodyOf, call, count, isJson, text, type Json } from '../station/api'
import { CAPACITY_DEFAULT } from '../station/common'
import type { BillBag, BillView, OpenBill } from './model'

const OPEN_BILLS_MAX = 20
/** A bill holds at most 100 parents; one that came with an import may hold more, and is cut here. */
const PAGES_MAX = 20

export type BillReply = BillView | 'unknown' | 'none'

function bagOf(json: Json): BillBag {
  return { code: text(json.code), children: count(json.children, 0), capacity: count(json.capacity, CAPACITY_DEFAULT) }
}

function billOf(body: Json, bags: BillBag[]): BillView {
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
    const body = response?.ok ? await bodyOf(response) : null
    if (!body || text(body.bill) === '' || !Array.isArray(body.parent_bags)) return 'none'
    bags.push(...body.parent_bags.filter(isJson).map(bagOf))
    const next = typeof body.next === 'number' ? String(body.next) : text(body.next)
    if (next === '' || page === PAGES_MAX - 1) return billOf(body, bags)
    cursor = next
  }
  return 'none'
}

/** null when they cannot be had now. */
export async function fetchOpenBills(): Promise<OpenBill[] | null> {
  const response = await call(`/api/v1/bills?status=open&limit=${OPEN_BILLS_MAX}`)
  const body = response?.ok ? await bodyOf(response) : null
  if (!body || !Array.isArray(body.bills)) return null
  return body.bills
    .filter(isJson)
    .map((bill) => ({ number: text(bill.bill), parents: count(bill.parents, 0), capacity: count(bill.capacity, 0) }))
    .filter(({ number }) => number !== '')
}
