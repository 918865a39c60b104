// What the bag stations ask the server: the parent in hand, and the children of a parent.
//
// Invariant: an answer is trusted only if it has the promised shape; otherwise what is shown stays.
import { bodyOf, call, count, isJson, text, type Json, type Unread } from '../../engine/http'
import type { GetBagAnswer, GetMeAnswer } from '../api'
import type { ParentView } from './model'

export function selectedParentOf(json: Json, capacity: number): ParentView | null {
  const body: Unread<GetMeAnswer> = json
  if (!isJson(body.selected_parent)) return null
  const parent: Unread<NonNullable<GetMeAnswer['selected_parent']>> = body.selected_parent
  if (text(parent.code) === '') return null
  return {
    code: text(parent.code),
    children: count(parent.children, 0),
    capacity: count(parent.capacity, capacity),
    status: text(parent.status),
  }
}

export interface BagChild {
  code: string
  linkedAt: string
}

/** The children of a parent, newest first; null if they are not available now. */
export async function fetchChildren(parent: string): Promise<BagChild[] | null> {
  const response = await call(`/api/v1/bags/${encodeURIComponent(parent)}`)
  const body: Unread<GetBagAnswer> | null = response?.ok ? await bodyOf(response) : null
  if (!body || !Array.isArray(body.children)) return null
  return body.children
    .filter(isJson)
    .map((child: Unread<GetBagAnswer['children'][number]>) => ({ code: text(child.code), linkedAt: text(child.linked_at) }))
    .sort((a, b) => (a.linkedAt < b.linkedAt ? 1 : -1))
}
