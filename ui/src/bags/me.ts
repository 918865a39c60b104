// What the server's word about the person says about bags.
import { count, isJson, text, type Json, type Unread } from '../engine/http'
import type { Me } from '../engine/items'
import type { GetMeAnswer } from './api'
import type { BagMe, ParentLabel } from './items'
import { CAPACITY_DEFAULT } from './state'

const LABELS_DEFAULT: ParentLabel[] = [
  { prefix: 'SB', digits: 5 },
  { prefix: 'M444-', digits: 5 },
]

function labelsOf(value: unknown): ParentLabel[] {
  if (!Array.isArray(value)) return LABELS_DEFAULT
  return value.filter(isJson).map(({ prefix, digits }: Unread<ParentLabel>) => ({ prefix: text(prefix), digits: count(digits, 0) }))
}

export function bagMeOf(me: Me, json: Json): BagMe {
  const body: Unread<GetMeAnswer> = json
  return { ...me, capacity: count(body.capacity, CAPACITY_DEFAULT), labels: labelsOf(body.parent_labels) }
}
