// The way between a page and the server: requests are lost, delayed and doubled, and replies are lost, late, broken or from
// somebody else.
import type { Clock } from './clock'
import type { Dice } from './dice'
import type { Ask, Site, Told } from './site'

const MS_MAX = 300
/** Longer than a page waits for a reply. */
const LATE_MS = 31_000

export interface Weather {
  /** Of a hundred requests, so many get into trouble. */
  troublePercent: number
  /** The server does not answer at all. */
  isDown: boolean
}

type Trouble = keyof typeof TROUBLES

const TROUBLES = {
  lost: 6, reply_lost: 10, reply_late: 4, request_late: 3, doubled: 8, hangs: 2, busy: 4, many: 2, broken: 3, gateway: 3, proxy: 2, cut_off: 1, foreign: 3, partial: 3,
}

/** What a response shows of itself to the pages; theirs is a body that may be no JSON. */
function responseOf({ status, body }: Told, retryAfter: string | null = null): Response {
  const json = async () => {
    if (body === undefined) throw new SyntaxError('no JSON')
    return structuredClone(body)
  }
  const headers = { get: (name: string) => (name === 'Retry-After' ? retryAfter : null) }
  return { status, ok: status >= 200 && status < 300, headers, json } as unknown as Response
}

export class Network {
  readonly weather: Weather = { troublePercent: 0, isDown: false }

  constructor(
    private readonly clock: Clock,
    private readonly dice: Dice,
    private readonly site: Site,
    private readonly note: (what: string) => void,
  ) {}

  /** Sends a request of a page; `isOnline` is asked when it leaves. */
  send(ask: Ask, init: RequestInit, isOnline: boolean): Promise<Response> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new TypeError('no network'))
      init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      if (!isOnline) return void this.clock.after(this.dice.roll(MS_MAX), fail)
      if (ask.path.endsWith('.json')) return void this.clock.after(1, () => resolve(responseOf({ status: 404, body: undefined })))
      const trouble = this.dice.roll(100) < this.weather.troublePercent ? this.dice.weighted(TROUBLES) : null
      this.go(ask, trouble, { resolve, fail })
    })
  }

  private go(ask: Ask, trouble: Trouble | null, { resolve, fail }: { resolve: (response: Response) => void; fail: () => void }): void {
    const way = () => this.dice.roll(MS_MAX)
    const reach = (waitMs: number, then: (told: Told) => void) =>
      this.clock.after(waitMs, () => (this.weather.isDown ? this.clock.after(way(), fail) : then(this.arrive(ask, trouble))))
    const reply = (told: Told, waitMs = way(), retryAfter: string | null = null) => this.clock.after(waitMs, () => resolve(responseOf(told, retryAfter)))
    const refuse = (status: number, retryAfter: string | null = null, body?: unknown) => reply({ status, body }, way(), retryAfter)
    switch (trouble) {
      case null:
        return void reach(way(), (told) => reply(told))
      case 'lost':
        return void this.clock.after(way(), fail)
      case 'hangs':
        return
      case 'reply_lost':
        return void reach(way(), () => this.clock.after(way(), fail))
      case 'reply_late':
        return void reach(way(), (told) => reply(told, LATE_MS + this.dice.roll(30_000)))
      case 'request_late':
        return void reach(LATE_MS + this.dice.roll(60_000), (told) => reply(told))
      case 'doubled':
        reach(way() + this.dice.roll(60_000), () => undefined)
        return void reach(way(), (told) => reply(told))
      case 'busy':
        return void refuse(503, this.dice.pick([null, '1', '7', new Date(this.clock.shownMs() + 5_000).toUTCString(), 'soon', '86400']))
      case 'many':
        return void refuse(429, String(this.dice.roll(5)), { code: 'too_many' })
      case 'broken':
        return void refuse(500, null, { code: 'internal' })
      case 'gateway':
        return void refuse(this.dice.pick([502, 504]))
      case 'proxy':
        return void refuse(this.dice.pick([400, 413]))
      case 'cut_off':
        return void refuse(400, null, { code: 'body_cut_off' })
      case 'foreign':
        return void reply({ status: 200, body: undefined })
      case 'partial':
        return void reach(way(), (told) => reply(this.part(told)))
    }
  }

  private arrive(ask: Ask, trouble: Trouble | null): Told {
    const told = this.site.answer(ask)
    if (ask.path.endsWith('/scans')) this.note(`${trouble ?? 'sent'} ${told.status} ${ask.body}`)
    return told
  }

  /** A response that lacks the results of some scans, and has the others in another order. */
  private part(told: Told): Told {
    const { results } = told.body as { results?: unknown[] }
    if (!Array.isArray(results)) return told
    const some = results.filter(() => !this.dice.oneIn(3)).reverse()
    return { status: told.status, body: { results: some } }
  }
}
