// @vitest-environment happy-dom
// Proves that however many pages are open, one connection to the live feed serves all of them, and that it is handed on.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Feed } from '../src/engine/feed'

/** Connections that the server sees. */
let sources: Source[] = []
const open = () => sources.filter(({ readyState }) => readyState !== 2)

class Source extends EventTarget {
  static readonly CLOSED = 2
  readyState = 1
  constructor(readonly address: string) {
    super()
    sources.push(this)
  }
  close() {
    this.readyState = 2
  }
  /** What the server does. */
  begin = () => this.dispatchEvent(new Event('open'))
  send = (data: string) => this.dispatchEvent(new MessageEvent('stats', { data }))
  refuse() {
    this.close()
    this.dispatchEvent(new Event('error'))
  }
}

/** Locks as browsers have them: one holder, the others wait in order; a thief takes it at once. */
class Locks {
  private readonly held = new Map<string, (reason: Error) => void>()
  private readonly queues = new Map<string, (() => void)[]>()
  request(name: string, { signal, steal }: { signal?: AbortSignal; steal?: boolean }, work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const run = () => {
        this.held.set(name, reject)
        void Promise.resolve(work()).then(() => {
          resolve()
          if (this.held.get(name) !== reject) return
          this.held.delete(name)
          this.queues.get(name)?.shift()?.()
        })
      }
      if (steal) {
        this.held.get(name)?.(new Error('stolen'))
        return run()
      }
      if (!this.held.has(name)) return run()
      const queue = this.queues.get(name) ?? []
      this.queues.set(name, queue)
      queue.push(run)
      signal?.addEventListener('abort', () => {
        if (queue.includes(run)) queue.splice(queue.indexOf(run), 1)
        reject(new Error('aborted'))
      })
    })
  }
}

let channels: Channel[] = []
class Channel {
  onmessage: ((event: { data: unknown }) => void) | null = null
  constructor(readonly name: string) {
    channels.push(this)
  }
  postMessage(data: unknown) {
    for (const other of channels) if (other !== this && other.name === this.name) other.onmessage?.({ data })
  }
  close() {
    channels = channels.filter((other) => other !== this)
  }
}

interface Page {
  seen: string[]
  isLive: boolean | null
  /** What the browser does to this page alone. */
  closes(): void
}

/** Each page has a window of its own; here they share one, so what a page listens to is kept apart. */
function openPage(person = '7'): Page {
  const kept: Record<string, ((event: object) => void)[]> = {}
  const keep = (name: string, work: unknown) => void (kept[name] ??= []).push(work as (event: object) => void)
  const ofWindow = vi.spyOn(window, 'addEventListener').mockImplementation(keep)
  const ofDocument = vi.spyOn(document, 'addEventListener').mockImplementation(keep)
  const page: Page = { seen: [], isLive: null, closes: () => kept.pagehide?.forEach((work) => work({})) }
  new Feed(person, ['stats'], {
    came: (name, data) => page.seen.push(`${name} ${data}`),
    live: (isLive) => (page.isLive = isLive),
  }).start()
  ofWindow.mockRestore()
  ofDocument.mockRestore()
  return page
}

const turns = async () => {
  for (let n = 0; n < 10; n += 1) await Promise.resolve()
}

beforeEach(() => {
  vi.useFakeTimers()
  sources = []
  channels = []
  vi.stubGlobal('EventSource', Source)
  vi.stubGlobal('BroadcastChannel', Channel)
  Object.defineProperty(navigator, 'locks', { value: new Locks(), configurable: true })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  Reflect.deleteProperty(navigator, 'locks')
})

describe('the live feed', () => {
  it('has_one_connection_for_seven_pages_and_all_of_them_get_the_figures', () => {
    const pages = Array.from({ length: 7 }, () => openPage())
    expect(sources.map(({ address }) => address)).toEqual(['/api/v1/live?person=7'])
    sources[0]?.begin()
    sources[0]?.send('one')
    expect(pages.map(({ seen, isLive }) => [seen, isLive])).toEqual(pages.map(() => [['stats one'], true]))
  })

  it('tells_a_page_that_is_opened_later_what_was_sent_last', () => {
    openPage()
    sources[0]?.send('one')
    sources[0]?.send('two')
    expect(openPage().seen).toEqual(['stats two'])
  })

  it('is_handed_to_the_next_page_when_the_leading_one_goes', async () => {
    const [first, second, third] = [openPage(), openPage(), openPage()]
    first.closes()
    await turns()
    expect([sources.length, open().length]).toEqual([2, 1])
    sources[1]?.send('one')
    expect([first.seen, second.seen, third.seen]).toEqual([[], ['stats one'], ['stats one']])
    third.closes()
    await turns()
    expect(open()).toHaveLength(1)
  })

  it('says_that_it_is_late_on_every_page_and_tries_again_ever_more_rarely', async () => {
    const pages = [openPage(), openPage()]
    sources[0]?.begin()
    sources[0]?.refuse()
    expect(pages.map(({ isLive }) => isLive)).toEqual([false, false])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(sources).toHaveLength(2)
    sources[1]?.refuse()
    await vi.advanceTimersByTimeAsync(9_000)
    expect(sources).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sources).toHaveLength(3)
    sources[2]?.begin()
    expect(pages.map(({ isLive }) => isLive)).toEqual([true, true])
  })

  it('tries_at_once_for_a_page_that_was_just_opened', () => {
    openPage()
    sources[0]?.refuse()
    openPage()
    expect(sources).toHaveLength(2)
  })

  it('of_one_person_never_reaches_a_page_of_another', () => {
    const [one, other] = [openPage('7'), openPage('8')]
    expect(sources.map(({ address }) => address)).toEqual(['/api/v1/live?person=7', '/api/v1/live?person=8'])
    sources[0]?.send('of seven')
    sources[1]?.send('of eight')
    expect([one.seen, other.seen]).toEqual([['stats of seven'], ['stats of eight']])
  })

  it('is_taken_from_a_page_that_says_nothing_any_more', async () => {
    const [, second] = [openPage(), openPage()]
    // A page that hangs sends nothing, but keeps its lock and its channel.
    const hanging = channels[0]
    if (hanging) hanging.postMessage = () => undefined
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sources).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(30_000)
    expect([sources.length, open().length]).toEqual([2, 1])
    sources[1]?.send('one')
    expect(second.seen).toEqual(['stats one'])
    await vi.advanceTimersByTimeAsync(300_000)
    expect(open()).toHaveLength(1)
  })

  it('without_locks_is_a_connection_of_each_page_that_somebody_looks_at', () => {
    Reflect.deleteProperty(navigator, 'locks')
    let isHidden = true
    vi.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden)
    const looks = vi.spyOn(document, 'addEventListener')
    new Feed('7', ['stats'], { came: () => undefined, live: () => undefined }).start()
    const look = () => looks.mock.calls.filter(([name]) => name === 'visibilitychange').forEach(([, work]) => (work as () => void)())
    expect(sources).toHaveLength(0)
    isHidden = false
    look()
    look()
    expect(open()).toHaveLength(1)
    isHidden = true
    look()
    expect(open()).toHaveLength(0)
  })
})
