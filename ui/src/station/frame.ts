// What every station shows around its own middle: the strip on top, the notices, what needs attention,
// the last scans, the keys, and the flash.
//
// Invariants: the scan box is never hidden, never disabled and never loses its place, so a soft
// keyboard stays open; nothing here decides anything, it only shows the state.
import { isOffLine, type Common } from './common'
import { el, setData, setText } from './dom'
import { renderAttention, renderLast, type AttentionActs, type LastWords } from './lists'
import { locale, t, type Key } from './phrases'
import { number } from './words'

export interface FrameActs extends AttentionActs {
  undo(): void
  openAttention(open: boolean): void
}

export interface FrameWords extends LastWords {
  title: Key
}

export function keyButton(id: string, shortcut: string): HTMLButtonElement {
  const button = el('button', { id, class: 'button', type: 'button' }, el('span'))
  button.append(el('kbd', { 'aria-hidden': 'true' }, shortcut))
  return button
}

export function labelKey(button: HTMLElement, text: string): void {
  if (button.firstElementChild) setText(button.firstElementChild, text)
}

export class Frame {
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
  readonly undo = keyButton('key-undo', 'Ctrl Z')
  readonly keys = el('div', { class: 'keys' })
  readonly leave = el('a', { id: 'key-leave', class: 'button push', href: '/' })
  private readonly said = el('div', { id: 'said', class: 'visually-hidden', role: 'status', 'aria-live': 'polite' })
  private readonly title = el('h1', { class: 'visually-hidden' })
  private readonly station = el('span', { id: 'station-name' })
  private readonly link = el('span', { id: 'link', class: 'chip' })
  private readonly waiting = el('span', { id: 'waiting', class: 'chip' })
  private readonly attention = el('button', { id: 'attention', class: 'chip', type: 'button', 'aria-controls': 'attention-list' })
  private readonly scanner = el('span', { id: 'scanner', class: 'chip' })
  private readonly who = el('span', { id: 'who', class: 'push quiet' })
  private readonly notices = el('div', { id: 'notices' })
  private readonly attentionList = el('section', { id: 'attention-list', class: 'sheet attention', hidden: true })
  private readonly stage = el('div', { class: 'stage' })
  private readonly last = el('ul', { id: 'last', class: 'last' })
  private readonly lastTitle = el('h2', { class: 'visually-hidden' })
  private readonly flash = el('div', { class: 'flash', 'aria-hidden': 'true' })
  private shown: Common | null = null
  private shownLocale = ''
  private noticeText = ''

  constructor(
    readonly root: HTMLElement,
    private readonly acts: FrameActs,
    private readonly words: FrameWords,
    private readonly stationName: string,
  ) {
    root.classList.add('floor')
    const strip = el('header', { class: 'strip' })
    strip.append(this.station, this.link, this.waiting, this.attention, this.scanner, this.who)
    const lastScans = el('section', { class: 'sheet lasts' }, this.lastTitle, this.last)
    this.beside.append(this.attentionList, lastScans)
    this.stage.append(this.now, this.beside)
    const work = el('main', { class: 'work' }, this.title, this.notices, this.stage, this.keys, this.said)
    root.replaceChildren(strip, work, this.flash)
    this.listen()
  }

  private listen(): void {
    this.undo.addEventListener('click', () => this.acts.undo())
    this.attention.addEventListener('click', () => this.acts.openAttention(!this.shown?.attentionOpen))
    // After a tap the box has the focus again; who walks by keyboard keeps his place.
    this.root.addEventListener('click', (event) => {
      if (event.detail > 0 && !(event.target instanceof HTMLAnchorElement)) this.box.focus({ preventScroll: true })
    })
  }

  typed(text: string): void {
    if (this.box.value.toUpperCase() !== text) this.box.value = text
  }

  /** Tells a screen reader. */
  say(text: string): void {
    setText(this.said, text)
  }

  /** True when every word on the page must be written anew: in another language, or for the first time. */
  isRelabelled(): boolean {
    return this.shownLocale !== locale()
  }

  /** To be called last: it remembers what was shown. */
  render(state: Common, may: boolean): void {
    const before = this.shown
    const relabel = this.isRelabelled()
    if (relabel) this.label()
    this.renderData(state)
    this.renderStrip(state)
    this.renderNotices(state, may)
    if (relabel || before?.last !== state.last) renderLast(this.last, state.last, this.words)
    this.renderAttentionList(state, before, relabel)
    if (before && before.cue !== state.cue) this.flashOnce(state)
    // On a phone the list lies below: a scan, or the end of the list, brings the counter back into view.
    if (before && (before.cue !== state.cue || (before.attentionOpen && !state.attentionOpen))) this.stage.scrollTop = 0
    this.shown = state
  }

  private label(): void {
    this.shownLocale = locale()
    document.documentElement.lang = locale()
    setText(this.title, t(this.words.title))
    setText(this.lastTitle, t('floor-last'))
    setText(this.station, this.stationName || t('floor-station-none'))
    this.station.hidden = this.stationName === '' && this.root.dataset.mode === 'scan'
    setText(this.leave, t('floor-leave'))
    labelKey(this.undo, t('floor-undo'))
    this.box.placeholder = t('floor-scan').toUpperCase()
    this.box.setAttribute('aria-label', t('floor-scan'))
  }

  private renderData(state: Common): void {
    const { banner } = state
    setData(this.root, 'waiting', String(state.waiting.length))
    setData(this.root, 'attention', String(state.attention.length))
    setData(this.root, 'online', String(state.link === 'ok'))
    setData(this.root, 'signedOut', String(state.signedOut))
    setData(this.root, 'person', state.me?.name ?? '')
    setData(this.root, 'banner', banner.kind)
    setData(this.root, 'outcome', 'outcome' in banner ? banner.outcome : '')
  }

  private renderStrip(state: Common): void {
    const link: Key = state.signedOut
      ? 'floor-signed-out-chip'
      : state.link === 'ok'
        ? 'floor-online'
        : state.link === 'busy'
          ? 'floor-busy'
          : 'floor-offline'
    setText(this.link, t(link))
    this.link.className = isOffLine(state) ? 'chip look' : 'chip ok'
    setText(this.waiting, t('floor-waiting', { n: number(state.waiting.length) }))
    setText(this.attention, t(state.attention.length === 1 ? 'floor-attention' : 'floor-attention-many', { n: number(state.attention.length) }))
    this.attention.className = state.attention.length > 0 ? 'chip look' : 'chip'
    this.attention.setAttribute('aria-expanded', String(state.attentionOpen))
    setText(this.scanner, t(state.scannerSeen ? 'floor-scanner-seen' : 'floor-scanner-none'))
    this.scanner.className = state.scannerSeen ? 'chip ok' : 'chip'
    setText(this.who, [state.me?.areaName, state.me?.name].filter(Boolean).join(' · '))
  }

  private renderNotices(state: Common, may: boolean): void {
    const notices: HTMLElement[] = []
    if (state.signedOut) {
      const next = encodeURIComponent(location.pathname + location.search)
      // Without a store what waits is lost with the page, so the page stays open.
      const target = state.lasting ? '_self' : '_blank'
      const link = el('a', { class: 'button main', id: 'sign-in', href: `/login?next=${next}`, target }, t('floor-sign-in'))
      notices.push(el('p', { class: 'notice' }, el('span', {}, t('floor-signed-out')), link))
    }
    if (state.me && !may) notices.push(el('p', { class: 'notice stop' }, t('floor-no-right', { name: state.me.name })))
    if (!state.lasting) notices.push(el('p', { class: 'notice' }, t('floor-not-lasting')))
    for (const { name, count } of state.others) {
      const text = t('floor-others-waiting', { n: number(count), name: name || t('floor-someone') })
      notices.push(el('p', { class: 'notice', 'data-others': String(count) }, text))
    }
    const text = notices.map((notice) => notice.textContent).join('|')
    if (text === this.noticeText) return
    this.noticeText = text
    this.notices.replaceChildren(...notices)
  }

  /** The refusal as the person shall read it: the code, what is wrong, the way out, what stays. */
  showRefusal(code: string, headline: string, wayOut: string, stays: string, outcome: string): void {
    this.refusal.replaceChildren(
      el('p', { class: 'code refused-code' }, code),
      el('p', { class: 'ask' }, headline),
      el('p', { class: 'way-out' }, wayOut),
      el('p', { class: 'stays' }, stays),
      el('p', { class: 'support' }, el('code', {}, outcome)),
    )
  }

  private renderAttentionList(state: Common, before: Common | null, relabel: boolean): void {
    this.attentionList.hidden = !state.attentionOpen
    const changed = relabel || before?.attention !== state.attention || before.attentionOpen !== state.attentionOpen
    if (!state.attentionOpen || !changed) return
    renderAttention(this.attentionList, state.attention, this.acts)
    if (!before?.attentionOpen) this.attentionList.scrollIntoView({ block: 'nearest' })
  }

  private flashOnce(state: Common): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    this.flash.className = state.sound === 'refused' ? 'flash no' : 'flash ok'
    this.flash.getAnimations().forEach((animation) => animation.cancel())
    this.flash.animate([{ opacity: 0.4 }, { opacity: 0 }], { duration: 500, easing: 'ease-out' })
  }
}
