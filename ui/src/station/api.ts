// The calls of the stations. They turn every way a call can end into one of a few words, so that
// nobody else looks at status numbers.
//
// Invariant: an answer is believed only when it has the shape that was promised; anything else is
// the same as no answer, and what was sent is sent again.
import type { Reply } from '../queue/sender'
import type { Item, Result } from '../queue/types'
import { CAPACITY_DEFAULT, type Me, type ParentLabel } from './common'
import type { ParentView } from './model'

export const TIMEOUT_MS = 30_000
const LABELS_DEFAULT: ParentLabel[] = [
  { prefix: 'SB', digits: 5 },
  { prefix: 'M444-', digits: 5 },
]

export type MeReply = { me: Me; csrf: string; selected: ParentView | null } | 'signed_out' | 'offline'

export interface Json {
  [name: string]: unknown
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function text(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise
}

export function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

function parentOf(value: unknown, capacity: number): ParentView | null {
  if (!isJson(value) || text(value.code) === '') return null
  return {
    code: text(value.code),
    children: count(value.children, 0),
    capacity: count(value.capacity, capacity),
    status: text(value.status),
  }
}

function labelsOf(value: unknown): ParentLabel[] {
  if (!Array.isArray(value)) return LABELS_DEFAULT
  return value.filter(isJson).map(({ prefix, digits }) => ({ prefix: text(prefix), digits: count(digits, 0) }))
}

export async function call(address: string, init: RequestInit = {}): Promise<Response | null> {
  const limit = new AbortController()
  setTimeout(() => limit.abort(), TIMEOUT_MS)
  try {
    return await fetch(address, {
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      ...init,
      signal: limit.signal,
    })
  } catch {
    return null
  }
}

export async function bodyOf(response: Response): Promise<Json | null> {
  try {
    const body: unknown = await response.json()
    return isJson(body) ? body : null
  } catch {
    return null
  }
}

export async function fetchMe(): Promise<MeReply> {
  const response = await call('/api/v1/me')
  if (response?.status === 401) return 'signed_out'
  const body = response?.ok ? await bodyOf(response) : null
  if (!body || typeof body.id !== 'number') return 'offline'
  const capacity = count(body.capacity, CAPACITY_DEFAULT)
  const me: Me = {
    id: body.id,
    name: text(body.name),
    areaName: text(body.area_name, text(body.area)),
    canScan: body.can_scan !== false,
    canBill: body.can_bill !== false,
    capacity,
    labels: labelsOf(body.parent_labels),
    locale: text(body.locale, 'en'),
  }
  return { me, csrf: text(body.csrf), selected: parentOf(body.selected_parent, capacity) }
}

function retryAfterMs(response: Response): number {
  const value = response.headers.get('Retry-After')
  if (!value) return 0
  const seconds = Number(value)
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : Math.max(0, Date.parse(value) - Date.now() || 0)
}

/** Places that are not there are left out: JSON.stringify does so with what is undefined. */
function wireOf({ id, at, action, code, parent, bill }: Item): Json {
  return { id, at, action, code, parent, bill }
}

function isResult(value: unknown): value is Json & Result {
  return isJson(value) && typeof value.id === 'string' && typeof value.outcome === 'string'
}

/** A proxy refuses too, and what was cut off on its way is no fault of the scans in it. */
async function isOurRefusal(response: Response): Promise<boolean> {
  const code = text((await bodyOf(response))?.code)
  return code !== '' && code !== 'body_cut_off'
}

export async function postScans(items: Item[], csrf: string): Promise<Reply> {
  const station = items[0]?.station
  const response = await call('/api/v1/scans', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf },
    body: JSON.stringify({ ...(station ? { station } : {}), scans: items.map(wireOf) }),
  })
  if (!response) return { kind: 'offline' }
  switch (response.status) {
    case 401:
      return { kind: 'signed_out' }
    case 403:
      return { kind: 'forbidden' }
    case 400:
    case 413:
    case 422:
      return (await isOurRefusal(response)) ? { kind: 'malformed' } : { kind: 'busy', retryAfterMs: 0 }
  }
  const body = response.ok ? await bodyOf(response) : null
  if (!body || !Array.isArray(body.results)) return { kind: 'busy', retryAfterMs: retryAfterMs(response) }
  return { kind: 'answered', results: body.results.filter(isResult) }
}

export interface BagChild {
  code: string
  linkedAt: string
}

/** The children of a parent, newest first; null when they cannot be had now. */
export async function fetchChildren(parent: string): Promise<BagChild[] | null> {
  const response = await call(`/api/v1/bags/${encodeURIComponent(parent)}`)
  const body = response?.ok ? await bodyOf(response) : null
  if (!body || !Array.isArray(body.children)) return null
  return body.children
    .filter(isJson)
    .map((child) => ({ code: text(child.code), linkedAt: text(child.linked_at) }))
    .sort((a, b) => (a.linkedAt < b.linkedAt ? 1 : -1))
}
