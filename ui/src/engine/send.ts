// Sends one batch over its channel, and says in a few words how that ended, so that nobody else has to
// look at status codes.
import type { Channel } from './channel'
import { bodyOf, call, retryAfterMs, text } from './http'
import type { Item, Result } from './items'

/** What came back from sending one batch. */
export type Reply =
  | { kind: 'answered'; results: Result[] }
  | { kind: 'offline' }
  | { kind: 'busy'; retryAfterMs: number }
  | { kind: 'signed_out' }
  | { kind: 'forbidden' }
  | { kind: 'malformed' }

/** A proxy refuses requests too, and a body that was cut off on its way is not the scans' fault. */
async function isOurRefusal(response: Response): Promise<boolean> {
  const code = text((await bodyOf(response))?.code)
  return code !== '' && code !== 'body_cut_off'
}

export async function send(channel: Channel, items: readonly Item[], csrf: string): Promise<Reply> {
  const response = await call(channel.address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf },
    body: JSON.stringify(channel.body(items, items[0]?.station)),
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
  const results = body && channel.results(body)
  return results ? { kind: 'answered', results } : { kind: 'busy', retryAfterMs: retryAfterMs(response) }
}
