// Requests to the server, and how to read what comes back.
//
// Invariant: a response is trusted only if it has the promised shape. Anything else is treated like no
// response, and what was sent is sent again.
export const TIMEOUT_MS = 30_000

export interface Json {
  [name: string]: unknown
}

/** A body of the shape `T` that nobody has checked yet: the names of its fields are known, their values are not. */
export type Unread<T> = { readonly [K in keyof T]?: unknown }

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function text(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise
}

export function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

/** null if there was no response at all. */
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

export function retryAfterMs(response: Response): number {
  const value = response.headers.get('Retry-After')
  if (!value) return 0
  const seconds = Number(value)
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : Math.max(0, Date.parse(value) - Date.now() || 0)
}
