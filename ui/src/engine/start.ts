// Starts a station on a shell that holds nothing but <div id="station" data-mode data-phrases>.
//
// Invariant: keys are caught before anything is loaded; a code that arrives early waits in memory until
// the page knows who is scanning, and no longer than two seconds.
import { catchKeys, type Shortcuts } from './keys'
import type { Surroundings } from './keeper'
import { findStationName, remember, remembered, stationName } from './remember'
import { openStore } from './store'
import { Wedge, type Source } from './wedge'

export { remember, remembered }

const IDLE_CHECK_MS = 30_000
const EARLY_CODES_MAX = 1_000

/** What a station's keeper must be able to do. */
interface Worker {
  start(): Promise<void>
  onCode(code: string, source: Source): void
  wentOffline(): void
  mayBeBack(): void
  checkIdle(): void
}

export interface Page<W extends Worker> {
  box: HTMLInputElement
  typed(text: string): void
  shortcuts: Shortcuts
  makeWorker(around: Surroundings): W
}

export function applyTheme(): void {
  const theme = remembered('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
}

function watchSurroundings(worker: Worker): void {
  window.addEventListener('online', () => worker.mayBeBack())
  window.addEventListener('offline', () => worker.wentOffline())
  window.addEventListener('pageshow', (event) => event.persisted && worker.mayBeBack())
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && worker.mayBeBack())
  setInterval(() => worker.checkIdle(), IDLE_CHECK_MS)
}

export function keepPageOffline(): void {
  if (!('serviceWorker' in navigator)) return
  const register = () => navigator.serviceWorker.register('/sw.js', { scope: '/' }).catch(() => undefined)
  if (document.readyState === 'complete') void register()
  else window.addEventListener('load', () => void register())
}

/** `make` draws the page and describes it; `worker` gives it the keeper as soon as there is one. */
export async function startStation<W extends Worker>(
  make: (root: HTMLElement, worker: () => W | null) => Page<W>,
): Promise<void> {
  const root = document.getElementById('station')
  if (!root) return
  keepPageOffline()
  applyTheme()
  findStationName(root.dataset.mode ?? 'station')
  const early: [string, Source][] = []
  let worker: W | null = null
  const page = make(root, () => worker)
  const wedge = new Wedge({
    onCode: (code, source) => {
      if (worker) worker.onCode(code, source)
      else if (early.length < EARLY_CODES_MAX) early.push([code, source])
    },
    onText: (text) => page.typed(text),
    setTimer: (work, delayMs) => setTimeout(work, delayMs),
    clearTimer: (timer) => clearTimeout(timer as number),
  })
  catchKeys(wedge, page.box, page.shortcuts)
  const store = await openStore()
  const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('tallyhouse-queue') : null
  const phrasesAddress = root.dataset.phrases ?? '/ui/phrases/en.json'
  const made = page.makeWorker({
    store,
    get station() {
      return stationName()
    },
    phrasesAddress,
    tabs,
    wasSignInShown: () => remembered('left') === 'true',
    personArrived: () => remember('left', ''),
  })
  worker = made
  for (const [code, source] of early.splice(0)) made.onCode(code, source)
  watchSurroundings(made)
  page.box.focus({ preventScroll: true })
  // Asks the browser not to delete what waits here when it frees space.
  void navigator.storage?.persist?.().catch(() => undefined)
  await made.start()
  root.dataset.ready = 'true'
}
