// The live feed, of which a browser has one connection for each person, whatever the number of open pages: over HTTP/1.1 a
// browser opens six connections to a site, and a page that is in the foreground must get one.
//
// One page leads: it holds a lock, listens to the server and tells the others what comes. When it is closed or frozen the lock
// goes to the next page. One that says nothing for too long is deposed by a page that somebody looks at.
//
// Invariants: a page gets what is meant for the person that it was made for, and for nobody else; where a browser has no
// locks (without TLS it has none) each page has a connection of its own, for as long as somebody looks at it.

const ADDRESS = '/api/v1/live'
const REOPEN_MS = 5_000
const REOPEN_MS_MAX = 30_000
/** A leader has new figures every 15 seconds. Timers of a page in the background may wait for a minute. */
const SILENT_MS_MAX = 75_000
const LOOK_EVERY_MS = 15_000

export interface Listener {
  /** What the server sent, by its name. */
  came(name: string, data: string): void
  /** Whether the connection stands. */
  live(isLive: boolean): void
}

type Told = { hello: true } | { isLive: boolean } | { name: string; data: string }

/** One page's part in the feed of a person. */
export class Feed {
  private readonly title: string
  private channel: BroadcastChannel | null = null
  private source: EventSource | null = null
  private reopening: ReturnType<typeof setTimeout> | undefined
  private watching: ReturnType<typeof setInterval> | undefined
  private pauseMs = REOPEN_MS
  /** Ends the wait for the lock. */
  private waiting: AbortController | null = null
  /** Gives the lock back; null on a page that does not lead. */
  private release: (() => void) | null = null
  private isLive = false
  private heardAt = 0
  private readonly last = new Map<string, string>()

  constructor(
    private readonly person: string,
    private readonly names: readonly string[],
    private readonly listener: Listener,
  ) {
    this.title = `tallyhouse-live-${person}`
  }

  start(): void {
    window.addEventListener('pagehide', () => this.leave())
    document.addEventListener('freeze', () => this.leave())
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.join())
    document.addEventListener('resume', () => this.join())
    document.addEventListener('visibilitychange', () => this.seen())
    this.join()
  }

  private get isShared(): boolean {
    // Without TLS a browser has no locks, whatever the types say.
    return Boolean((navigator as { locks?: LockManager | null }).locks) && 'BroadcastChannel' in window
  }

  private join(): void {
    if (!this.isShared) return this.seen()
    if (this.channel) return
    this.channel = new BroadcastChannel(this.title)
    this.channel.onmessage = ({ data }: MessageEvent<Told>) => this.heard(data)
    this.tell({ hello: true })
    this.heardAt = Date.now()
    this.watching = setInterval(() => this.watch(), LOOK_EVERY_MS)
    this.ask({ signal: (this.waiting = new AbortController()).signal })
  }

  /** Waits for the lock, or takes it. */
  private ask(options: LockOptions): void {
    let release: (() => void) | null = null
    const lead = (): Promise<void> => {
      if (!this.channel) return Promise.resolve()
      return new Promise((resolve) => {
        release = this.release = resolve
        this.open()
      })
    }
    // Refused when this page gives up waiting, and when another one has taken the lock away.
    navigator.locks.request(this.title, options, lead).catch(() => release !== null && this.release === release && this.deposed())
  }

  private deposed(): void {
    this.leave()
    this.join()
  }

  private leave(): void {
    clearInterval(this.watching)
    this.close()
    this.waiting?.abort()
    this.waiting = null
    this.channel?.close()
    this.channel = null
    this.release?.()
    this.release = null
  }

  private open(): void {
    this.close()
    const source = new EventSource(`${ADDRESS}?person=${encodeURIComponent(this.person)}`)
    this.source = source
    source.addEventListener('open', () => {
      this.pauseMs = REOPEN_MS
      this.share({ isLive: true })
    })
    source.addEventListener('error', () => {
      this.share({ isLive: false })
      // The browser reconnects by itself after a break, but not after an answer that was no feed.
      if (source.readyState !== EventSource.CLOSED || this.source !== source) return
      this.reopening = setTimeout(() => this.open(), this.pauseMs)
      this.pauseMs = Math.min(REOPEN_MS_MAX, this.pauseMs * 2)
    })
    for (const name of this.names) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => this.share({ name, data }))
    }
  }

  private close(): void {
    clearTimeout(this.reopening)
    this.reopening = undefined
    this.source?.close()
    this.source = null
  }

  /** A leader's word for itself and all others. */
  private share(told: Told): void {
    this.tell(told)
    this.take(told)
  }

  private tell(told: Told): void {
    this.channel?.postMessage(told)
  }

  private take(told: Told): void {
    if ('isLive' in told) {
      this.isLive = told.isLive
      this.listener.live(told.isLive)
    } else if ('name' in told) {
      this.isLive = true
      this.last.set(told.name, told.data)
      this.listener.came(told.name, told.data)
    }
  }

  private heard(told: Told): void {
    this.heardAt = Date.now()
    if (!('hello' in told)) return this.take(told)
    if (!this.release) return
    // A page that was just opened: its person is signed in now, even if this page was refused before.
    if (this.reopening !== undefined) this.open()
    this.tell({ isLive: this.isLive })
    if (this.isLive) this.last.forEach((data, name) => this.tell({ name, data }))
  }

  private watch(): void {
    if (this.release) return this.tell({ isLive: this.isLive })
    if (document.hidden || Date.now() - this.heardAt < SILENT_MS_MAX) return
    this.heardAt = Date.now()
    this.waiting?.abort()
    this.ask({ steal: true })
  }

  /** Without locks: a page that nobody looks at needs no connection. */
  private seen(): void {
    if (this.isShared) return
    if (document.hidden) this.close()
    else if (!this.source) this.open()
  }
}
