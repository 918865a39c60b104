// Who is signed in: as the server says, and as this device remembers.
//
// Invariant: only a right that the server has denied counts as missing, because the server checks again.
import { bodyOf, call, isJson, text, type Json } from './http'
import type { Me } from './items'

/** `body` is the whole response, for the wing's own facts. */
export type MeReply = { me: Me; csrf: string; body: Json } | 'signed_out' | 'locked' | 'offline'

function rightsOf(body: Json): Record<string, boolean> {
  const rights = Object.entries(body).filter(([name]) => name.startsWith('can_'))
  return Object.fromEntries(rights.map(([name, value]) => [name, value !== false]))
}

export async function fetchMe(): Promise<MeReply> {
  const response = await call('/api/v1/me')
  if (response?.status === 401) return text((await bodyOf(response))?.code) === 'session_locked' ? 'locked' : 'signed_out'
  const body = response?.ok ? await bodyOf(response) : null
  if (!body || typeof body.id !== 'number') return 'offline'
  const me: Me = {
    id: body.id,
    name: text(body.name),
    areaName: text(body.area_name, text(body.area)),
    rights: rightsOf(body),
    locale: text(body.locale, 'en'),
  }
  return { me, csrf: text(body.csrf), body }
}

/** The person as stored on this device. Earlier versions stored each right as a field such as `canScan`. */
export function storedMe<M extends Me>(stored: unknown): M | undefined {
  if (!isJson(stored) || typeof stored.id !== 'number') return undefined
  if (isJson(stored.rights)) return stored as unknown as M
  const old = Object.entries(stored).filter(([name]) => /^can[A-Z]/.test(name))
  const rights = Object.fromEntries(old.map(([name, value]) => [`can_${name.slice(3).toLowerCase()}`, value !== false]))
  return { ...stored, rights } as unknown as M
}

export function may(person: Pick<Me, 'rights'> | null, right: string): boolean {
  return person?.rights[right] !== false
}
