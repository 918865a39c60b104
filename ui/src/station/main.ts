// Starts the floor on a shell that holds nothing but <div id="floor" data-mode data-phrases>.
//
// Invariant: keys are caught before anything is loaded; a code that comes early waits in memory
// until the page knows who scans, and no longer than two seconds.
import { openStore } from '../queue/store'
import { Floor, type Screen } from './floor'
import { catchKeys } from './keys'
import { makeSound } from './sounds'
import { View } from './view'
import { Wedge } from './wedge'

const IDLE_CHECK_MS = 30_000
const EARLY_CODES_MAX = 1_000

function remembered(name: string): string {
  try {
    return localStorage.getItem(name) ?? ''
  } catch {
    return ''
  }
}

function stationName(mode: string): string {
  const named = new URLSearchParams(location.search).get('station')?.trim().slice(0, 64)
  if (!named) return mode === 'station' ? remembered('station') : ''
  try {
    localStorage.setItem('station', named)
  } catch {
    // Not remembered then; the address still says it.
  }
  return named
}

function applyTheme(): void {
  const theme = remembered('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
}

function watchTheWorld(floor: Floor): void {
  window.addEventListener('online', () => floor.mayBeBack())
  window.addEventListener('offline', () => floor.wentOffLine())
  window.addEventListener('pageshow', (event) => event.persisted && floor.mayBeBack())
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && floor.mayBeBack())
  setInterval(() => floor.checkIdle(), IDLE_CHECK_MS)
}

function keepThePage(): void {
  if (!('serviceWorker' in navigator)) return
  const register = () => navigator.serviceWorker.register('/sw.js', { scope: '/' }).catch(() => undefined)
  if (document.readyState === 'complete') void register()
  else window.addEventListener('load', () => void register())
}

async function start(root: HTMLElement): Promise<void> {
  applyTheme()
  const station = stationName(root.dataset.mode ?? 'station')
  const early: Parameters<Floor['onCode']>[] = []
  let floor: Floor | null = null
  const view: View = new View(
    root,
    {
      undo: () => floor?.undo(),
      close: () => floor?.close(),
      moveNow: () => floor?.moveNow(),
      move: (entry) => floor?.move(entry),
      dismiss: (entry) => floor?.dismiss(entry),
      openAttention: (open) => floor?.openAttention(open),
    },
    station,
  )
  const wedge = new Wedge({
    onCode: (code, source) => {
      if (floor) floor.onCode(code, source)
      else if (early.length < EARLY_CODES_MAX) early.push([code, source])
    },
    onText: (text) => view.typed(text),
    setTimer: (work, delayMs) => setTimeout(work, delayMs),
    clearTimer: (timer) => clearTimeout(timer as number),
  })
  catchKeys(wedge, view.box, {
    undo: () => floor?.undo(),
    close: () => floor?.close(),
    move: () => floor?.moveNow(),
  })
  const screen: Screen = { render: (state) => view.render(state), makeSound }
  const store = await openStore()
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel('tallyhouse-queue') : null
  floor = new Floor({ store, station, phrasesAddress: root.dataset.phrases ?? '/ui/phrases/en.json', channel }, screen)
  for (const [code, source] of early.splice(0)) floor.onCode(code, source)
  watchTheWorld(floor)
  view.box.focus({ preventScroll: true })
  await floor.start()
  root.dataset.ready = 'true'
}

const root = document.getElementById('floor')
if (root) {
  keepThePage()
  void start(root)
}
