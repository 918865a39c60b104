// The gate: starts on a shell that holds nothing but <div id="station" data-mode="gate" data-event>.
//
// Invariant: the camera starts only when somebody asks for it, and again by itself on a device where somebody did.
import { Camera } from '../../engine/camera/camera'
import { newScanId } from '../../engine/scan-id'
import { loadWords, locale } from '../../engine/phrases'
import { makeSound } from '../../engine/sounds'
import { remember, remembered } from '../../engine/remember'
import { applyTheme, keepPageOffline } from '../../engine/start'
import { openStore } from '../../engine/store'
import { GateKeeper } from './keeper'
import { GatePage } from './page'
import type { State } from './state'

/** How long a yes stays on the screen; a no stays until the next scan or a touch. */
const YES_MS = 4_000

function withLock(work: () => Promise<void>): Promise<void> {
  return 'locks' in navigator ? navigator.locks.request('tallyhouse-queue', work) : work()
}

/** A short name for this device, the same from the first day on. */
function deviceName(): string {
  const known = remembered('device')
  if (known) return known
  const made = newScanId().slice(-6).toUpperCase()
  remember('device', made)
  return made
}

function firstState(): State {
  return {
    person: null, session: 'in', link: 'ok', lasting: true, event: null, takenAt: '', listSize: 0, waiting: 0, others: [],
    inside: 0, conflicts: 0, hasNewConflict: false, yes: 0, no: 0, verdict: null, camera: { kind: 'off' },
    direction: 'admit', oneByOne: false, found: null, asksReason: false, gate: remembered('gate'), device: deviceName(),
  }
}

async function start(root: HTMLElement): Promise<void> {
  keepPageOffline()
  applyTheme()
  let keeper: GateKeeper | null = null
  let state = firstState()
  let timer: ReturnType<typeof setTimeout> | undefined
  const early: string[] = []
  const given = (text: string) => (keeper ? keeper.onText(text) : void early.push(text))
  const page = new GatePage(root, {
    given,
    letIn: (pass) => void keeper?.scan({ pass }),
    close: () => keeper?.set({ verdict: null, found: null, asksReason: false }),
    camera: () => {
      if (camera.isOn) camera.stop()
      else void camera.start()
      remember('gate-camera', camera.isOn ? 'true' : '')
    },
    turnRound: () => void camera.turnRound(),
    direction: () => keeper?.set({ direction: state.direction === 'admit' ? 'leave' : 'admit' }),
    oneByOne: () => keeper?.set({ oneByOne: !state.oneByOne }),
    askUndo: () => keeper?.set({ asksReason: true }),
    undo: (reason) => void keeper?.undo(reason),
    cancelUndo: () => keeper?.set({ asksReason: false }),
    rename: (name) => {
      const gate = name.replace(/\p{C}/gu, '').trim().slice(0, 64)
      remember('gate', gate)
      keeper?.set({ gate })
    },
  })
  const camera = new Camera({
    video: page.video,
    formats: ['qr_code'],
    onCode: ({ text, pictureAtMs }) => {
      root.dataset.pictureAt = String(pictureAtMs)
      given(text)
    },
    onState: (now) => keeper?.set({ camera: now }),
  })
  const render = (now: State) => {
    const isAnotherVerdict = now.verdict !== state.verdict
    state = now
    page.render(now)
    if (!isAnotherVerdict) return
    if (now.verdict && now.verdict.tone !== 'wait') root.dataset.verdictAt = String(performance.now())
    clearTimeout(timer)
    if (now.verdict?.tone === 'yes') timer = setTimeout(() => !state.asksReason && keeper?.set({ verdict: null }), YES_MS)
  }
  const address = root.dataset.phrases ?? '/ui/phrases/en.json'
  const speak = (name: string) => {
    if (name === locale()) return
    void loadWords(address, name).then((isLoaded) => {
      if (!isLoaded) return
      document.documentElement.lang = name
      page.label()
      page.render(state)
    })
  }
  page.label()
  page.render(state)
  speak(document.documentElement.lang)
  const store = await openStore()
  const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('tallyhouse-gate') : null
  const made = new GateKeeper({ store, tabs, screen: { render, makeSound }, eventId: Number(root.dataset.event), withLock, speak }, state)
  keeper = made
  window.addEventListener('online', () => made.mayBeBack())
  window.addEventListener('offline', () => made.wentOffline())
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && made.mayBeBack())
  void navigator.storage?.persist?.().catch(() => undefined)
  if (remembered('gate-camera') === 'true') void camera.start()
  await made.start()
  for (const text of early.splice(0)) made.onText(text)
  if (!matchMedia('(pointer: coarse)').matches) page.box.focus({ preventScroll: true })
  root.dataset.ready = 'true'
}

const root = document.getElementById('station')
if (root) void start(root)
