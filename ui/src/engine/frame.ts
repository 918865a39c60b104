// What every station shows around its own middle: the strip on top, the notices, what needs attention,
// the last scans, the keys, and the flash.
//
// Invariants: the scan box is never hidden, never disabled and never moves, so a soft keyboard stays
// open; nothing is shown before it is known, so nothing moves after the first picture; nothing here decides anything,
// it only shows the state.
import { el, setData, setText } from './dom'
import type { Kind } from './items'
import { isUnnamed, nameStation, stationName } from './remember'
import { renderAttention, renderLast, type AttentionActs, type LastWords, type RefusalWords } from './lists'
import { locale, t, type Key } from './phrases'
import { isOffline, type Common } from './state'
import { number } from './words'

export interface FrameActs<K extends Kind> extends AttentionActs<K> {
  undo(): void
  openAttention(open: boolean): void
}

export interface FrameWords<K extends Kind> extends LastWords<K['last']> {
  title(): string
}

export function keyButton(id: string, shortcut: string): HTMLButtonElement {
  const button = el('button', { id, class: 'button', type: 'button' }, el('span'))
  button.append(el('kbd', { 'aria-hidden': 'true' }, shortcut))
  return button
}

export function labelKey(button: HTMLElement, text: string): void {
  if (button.firstElementChild) setText(button.firstElementChild, text)
}

/** So long nothing is shown while it is not known who is here. */
const UNKNOWN_MS_MAX = 2_000

export class Frame<K extends Kind> {
  readonly box = el('input', {
    id: 'scan-box',
    class: 'scanbox',
    type: 'text',
    autocomplete: 'off',
    autocapitalize: 'characters',
    autocorrect: 'off',
    spellcheck: 'false',
    enterkeyhint: 'send',
    maxlength: '200',
  })
  readonly now = el('section', { class: 'now', id: 'now' })
  readonly refusal = el('div', { id: 'refusal', class: 'refusal', role: 'alert' })
  readonly beside = el('div', { class: 'beside' })
  readonly undo = keyButton('key-undo', 'Alt Z')
  readonly keys = el('div', { class: 'keys' })
  readonly leave = el('a', { id: 'key-leave', class: 'button push', href: '/' })
  private readonly said = el('div', { id: 'said', class: 'visually-hidden', role: 'status', 'aria-live': 'polite' })
  private readonly title = el('h1', { class: 'visually-hidden' })
  private readonly station = el('button', { id: 'station-name', class: 'plain', type: 'button' })
  private readonly link = el('span', { id: 'link', class: 'chip' })
  private readonly waiting = el('span', { id: 'waiting', class: 'chip' })
  private readonly attention = el('button', { id: 'attention', class: 'chip', type: 'button', 'aria-controls': 'attention-list' })
  private readonly scanner = el('span', { id: 'scanner', class: 'chip ok' })
  private readonly who = el('span', { id: 'who', class: 'push quiet' })
  private readonly notices = el('div', { id: 'notices' })
  private readonly naming = el('form', { id: 'naming', class: 'notice', hidden: true })
  private readonly attentionList = el('section', { id: 'attention-list', class: 'sheet attention', hidden: true })
  private readonly stage = el('div', { class: 'stage' })
  private readonly last = el('ul', { id: 'last', class: 'last' })
  private readonly lastTitle = el('h2', { class: 'visually-hidden' })
  private readonly flash = el('div', { class: 'flash', 'aria-hidden': 'true' })
  private shown: Common<K> | null = null
  private shownLocale = ''
  private noticeText = ''

  constructor(
    readonly root: HTMLElement,
    private readonly acts: FrameActs<K>,
    private readonly words: FrameWords<K>,
  ) {
    root.classList.add('station')
    const strip = el('header', { class: 'strip' })
    strip.append(this.station, this.link, this.attention, this.waiting, this.scanner, this.who)
    const lastScans = el('section', { class: 'sheet lasts' }, this.lastTitle, this.last)
    this.beside.append(this.naming, this.attentionList, lastScans)
    this.stage.append(this.now, this.beside)
    const work = el('main', { class: 'work' }, this.title, this.notices, this.stage, this.keys, this.said)
    root.replaceChildren(strip, work, this.flash)
    this.listen()
  }

  private listen(): void {
    this.undo.addEventListener('click', () => this.acts.undo())
    this.station.addEventListener('click', () => this.askName(Boolean(this.naming.hidden)))
    this.attention.addEventListener('click', () => this.acts.openAttention(!this.shown?.attentionOpen))
    // After a tap the box has the focus again; somebody who moves by keyboard keeps their place.
    this.root.addEventListener('click', (event) => {
      const { target } = event
      const keepsFocus = target instanceof HTMLAnchorElement || (target instanceof Node && this.naming.contains(target))
      if (event.detail > 0 && !keepsFocus && target !== this.station) this.box.focus({ preventScroll: true })
    })
    setTimeout(() => this.show(), UNKNOWN_MS_MAX)
  }

  private show(): void {
    setData(this.root, 'known', 'true')
  }

  /** Asks for the station's name beside the work: scans go on, and go to the box whatever is asked. */
  private askName(isOpen: boolean): void {
    this.naming.hidden = !isOpen
    if (!isOpen) return this.naming.replaceChildren()
    const id = 'name-box'
    const field = el('input', { id, type: 'text', maxlength: '64', autocomplete: 'off', value: stationName() })
    const save = el('button', { class: 'button main', type: 'submit' }, t('station-name-save'))
    const none = el('button', { class: 'button', type: 'button' }, t('station-name-skip'))
    const close = (name: string): void => {
      nameStation(name)
      setText(this.station, stationName() || t('station-name-none'))
      this.askName(false)
      this.box.focus({ preventScroll: true })
    }
    this.naming.onsubmit = (event) => {
      event.preventDefault()
      close(field.value)
    }
    none.addEventListener('click', () => close(''))
    this.naming.replaceChildren(el('label', { for: id }, t('station-name-ask')), field, save, none)
  }

  typed(text: string): void {
    if (this.box.value.toUpperCase() !== text) this.box.value = text
  }

  /** Tells a screen reader. */
  say(text: string): void {
    setText(this.said, text)
  }

  /** True if every word on the page must be written: for the first time, or in another language. */
  isRelabelled(): boolean {
    return this.shownLocale !== locale()
  }

  /** Call this last: it remembers what was shown. */
  render(state: Common<K>, may: boolean): void {
    const before = this.shown
    const relabel = this.isRelabelled()
    if (relabel) this.label()
    this.renderData(state)
    this.renderStrip(state)
    this.renderNotices(state, may)
    if (relabel || before?.last !== state.last) renderLast(this.last, state.last, this.words)
    this.renderAttentionList(state, before, relabel)
    if (state.me || state.signedOut || state.link !== 'ok') this.show()
    if (before && before.cue !== state.cue) this.flashOnce(state)
    // On a phone the list is below: a scan, or closing the list, brings the counter back into view.
    if (before && (before.cue !== state.cue || (before.attentionOpen && !state.attentionOpen))) this.stage.scrollTop = 0
    this.shown = state
  }

  private label(): void {
    this.shownLocale = locale()
    document.documentElement.lang = locale()
    setText(this.title, this.words.title())
    setText(this.lastTitle, t('station-last'))
    setText(this.station, stationName() || t('station-name-none'))
    this.station.hidden = stationName() === '' && this.root.dataset.mode === 'scan'
    this.station.title = t('station-name-ask')
    this.askName(isUnnamed() || !this.naming.hidden)
    setText(this.leave, t('station-leave'))
    labelKey(this.undo, t('station-undo'))
    this.box.placeholder = t('station-scan').toUpperCase()
    this.box.setAttribute('aria-label', t('station-scan'))
  }

  private renderData(state: Common): void {
    const { banner } = state
    setData(this.root, 'waiting', String(state.waiting.length))
    setData(this.root, 'attention', String(state.attention.length))
    setData(this.root, 'online', String(state.link === 'ok'))
    setData(this.root, 'signedOut', String(state.signedOut))
    setData(this.root, 'locked', String(state.signedOut && state.locked))
    setData(this.root, 'person', state.me?.name ?? '')
    setData(this.root, 'banner', banner.kind)
    setData(this.root, 'outcome', 'outcome' in banner ? banner.outcome : '')
  }

  private renderStrip(state: Common): void {
    const link: Key = state.signedOut
      ? state.locked
        ? 'station-locked-chip'
        : 'station-signed-out-chip'
      : state.link === 'ok'
        ? 'station-online'
        : state.link === 'busy'
          ? 'station-busy'
          : 'station-offline'
    setText(this.link, t(link))
    this.link.className = isOffline(state) ? 'chip look' : 'chip ok'
    this.waiting.hidden = state.waiting.length === 0
    setText(this.waiting, t('station-waiting', { n: number(state.waiting.length) }))
    setText(this.attention, t(state.attention.length === 1 ? 'station-attention' : 'station-attention-many', { n: number(state.attention.length) }))
    this.attention.hidden = state.attention.length === 0 && !state.attentionOpen
    this.attention.className = 'chip look'
    this.attention.setAttribute('aria-expanded', String(state.attentionOpen))
    setText(this.scanner, t('station-scanner-seen'))
    this.scanner.hidden = !state.scannerSeen
    setText(this.who, [state.me?.areaName, state.me?.name].filter(Boolean).join(' · '))
  }

  private renderNotices(state: Common, may: boolean): void {
    const notices: HTMLElement[] = []
    if (state.signedOut) {
      const next = encodeURIComponent(location.pathname + location.search)
      // Without a lasting store closing the page would lose what waits, so it stays open.
      const target = state.lasting ? '_self' : '_blank'
      const [page, words, button]: [string, Key, Key] = state.locked
        ? ['/lock', 'station-locked', 'station-unlock']
        : ['/login', 'station-signed-out', 'station-sign-in']
      const link = el('a', { class: 'button main', id: 'sign-in', href: `${page}?next=${next}`, target }, t(button))
      notices.push(el('p', { class: 'notice' }, el('span', {}, t(words)), link))
    }
    if (state.me && !may) notices.push(el('p', { class: 'notice stop' }, t('station-no-right', { name: state.me.name })))
    if (!state.lasting) notices.push(el('p', { class: 'notice' }, t('station-not-lasting')))
    for (const { name, count } of state.others) {
      const text = t('station-others-waiting', { n: number(count), name: name || t('station-someone') })
      notices.push(el('p', { class: 'notice', 'data-others': String(count) }, text))
    }
    const text = notices.map((notice) => notice.textContent).join('|')
    if (text === this.noticeText) return
    this.noticeText = text
    this.notices.replaceChildren(...notices)
  }

  /** Shows a refusal below the counter: the code, what is wrong, and what to do now. */
  showRefusal({ code, headline, wayOut }: RefusalWords, outcome: string): void {
    this.refusal.replaceChildren(
      el('p', { class: 'wrong' }, el('span', { class: 'code refused-code' }, code), ' ', el('b', {}, headline)),
      el('p', { class: 'way-out' }, wayOut),
      el('small', { class: 'support' }, el('code', {}, outcome)),
    )
  }

  private renderAttentionList(state: Common<K>, before: Common<K> | null, relabel: boolean): void {
    this.attentionList.hidden = !state.attentionOpen
    const changed = relabel || before?.attention !== state.attention || before.attentionOpen !== state.attentionOpen
    if (!state.attentionOpen || !changed) return
    renderAttention(this.attentionList, state.attention, this.acts)
    if (!before?.attentionOpen) this.attentionList.scrollIntoView({ block: 'nearest' })
  }

  private flashOnce(state: Common): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    this.flash.className = state.sound === 'refused' ? 'flash no' : state.sound === 'again' ? 'flash look' : 'flash ok'
    this.flash.getAnimations().forEach((animation) => animation.cancel())
    this.flash.animate([{ opacity: 0.4 }, { opacity: 0 }], { duration: 500, easing: 'ease-out' })
  }
}
