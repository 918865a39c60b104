// Draws the floor. All of the page is built here once and then only changed where the state changed.
//
// Invariants: the scan box is never hidden, never disabled and never loses its place, so a soft
// keyboard stays open; nothing here decides anything, it only shows the state.
import iconsAddress from '../../icons.svg?url'
import { el, icon, setData, setText } from './dom'
import { renderAttention, renderLast, type AttentionActs } from './lists'
import { countOf, undoParentOf, waitingFor, type Banner, type State } from './model'
import { headline, locale, t, wayOut, type Key } from './phrases'
import { labelsText, number, saidText } from './words'

export interface ViewActs extends AttentionActs {
  undo(): void
  close(): void
  moveNow(): void
  openAttention(open: boolean): void
}

function keyButton(id: string, shortcut: string): HTMLButtonElement {
  const button = el('button', { id, class: 'button', type: 'button' }, el('span'))
  button.append(el('kbd', { 'aria-hidden': 'true' }, shortcut))
  return button
}

function footLink(address: string, name: string, isHere: boolean): HTMLAnchorElement {
  const link = el('a', { href: address, 'aria-current': isHere ? 'page' : undefined })
  link.append(icon(iconsAddress, name), el('span'))
  return link
}

export class View {
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
  private readonly now = el('section', { class: 'now', id: 'now' })
  private readonly facts = el('div', { class: 'facts-now' })
  private readonly lead = el('p', { id: 'lead', class: 'lead' })
  private readonly parent = el('p', { id: 'parent', class: 'ask code' })
  private readonly count = el('span', { id: 'count' })
  private readonly capacity = el('small')
  private readonly counter = el('p', { class: 'count' }, this.count, this.capacity)
  private readonly pips = el('div', { id: 'pips', class: 'pips', role: 'img' })
  private readonly note = el('p', { id: 'note', class: 'note' })
  private readonly refusal = el('div', { id: 'refusal', class: 'refusal', role: 'alert' })
  private readonly last = el('ul', { id: 'last', class: 'last' })
  private readonly lastTitle = el('h2', { class: 'visually-hidden' })
  private readonly undo = keyButton('key-undo', 'Ctrl Z')
  private readonly close = keyButton('key-close', 'Ctrl ↵')
  private readonly move = keyButton('key-move', 'Ctrl M')
  private readonly leave = el('a', { id: 'key-leave', class: 'button push', href: '/' })
  private readonly foot = el('nav', { class: 'foot' })
  private readonly said = el('div', { id: 'said', class: 'visually-hidden', role: 'status', 'aria-live': 'polite' })
  private readonly flash = el('div', { class: 'flash', 'aria-hidden': 'true' })
  private shown: State | null = null
  private shownLocale = ''
  private noticeText = ''

  constructor(
    private readonly root: HTMLElement,
    private readonly acts: ViewActs,
    private readonly stationName: string,
  ) {
    this.build()
    this.listen()
  }

  private build(): void {
    const isPhone = this.root.dataset.mode === 'scan'
    this.root.classList.add('floor')
    this.facts.append(this.lead, this.parent, this.counter, this.pips, this.note)
    this.now.append(this.facts, this.refusal, el('div', { class: 'boxed' }, this.box))
    this.move.classList.add('main')
    this.move.hidden = true
    const strip = el('header', { class: 'strip' })
    strip.append(this.station, this.link, this.waiting, this.attention, this.scanner, this.who)
    const keys = el('div', { class: 'keys' }, this.move, this.undo, this.close)
    if (!isPhone) keys.append(this.leave)
    const lastScans = el('section', { class: 'sheet lasts' }, this.lastTitle, this.last)
    const beside = el('div', { class: 'beside' }, this.attentionList, lastScans)
    this.stage.append(this.now, beside)
    const work = el('main', { class: 'work' }, this.title, this.notices, this.stage, keys, this.said)
    this.root.replaceChildren(strip, work, this.flash)
    if (isPhone) this.buildFoot()
  }

  private buildFoot(): void {
    this.foot.append(
      footLink('/', 'home', false),
      footLink('/scan', 'scan', true),
      footLink('/lookup', 'search', false),
      footLink('/bags', 'bag', false),
    )
    this.root.append(this.foot)
  }

  private listen(): void {
    this.undo.addEventListener('click', () => this.acts.undo())
    this.close.addEventListener('click', () => this.acts.close())
    this.move.addEventListener('click', () => this.acts.moveNow())
    this.attention.addEventListener('click', () => this.acts.openAttention(!this.shown?.attentionOpen))
    // After a tap the box has the focus again; who walks by keyboard keeps his place.
    this.root.addEventListener('click', (event) => {
      if (event.detail > 0 && !(event.target instanceof HTMLAnchorElement)) this.box.focus({ preventScroll: true })
    })
  }

  typed(text: string): void {
    if (this.box.value.toUpperCase() !== text) this.box.value = text
  }

  render(state: State): void {
    const before = this.shown
    const relabel = this.shownLocale !== locale()
    if (relabel) this.label()
    this.renderData(state)
    this.renderStrip(state)
    this.renderNotices(state)
    this.renderNow(state, before, relabel)
    this.renderKeys(state)
    if (relabel || before?.last !== state.last) renderLast(this.last, state.last)
    this.renderAttentionList(state, before, relabel)
    if (before && before.cue !== state.cue) this.flashOnce(state)
    // On a phone the list lies below: a scan, or the end of the list, brings the counter back into view.
    if (before && (before.cue !== state.cue || (before.attentionOpen && !state.attentionOpen))) this.stage.scrollTop = 0
    this.shown = state
  }

  private label(): void {
    this.shownLocale = locale()
    document.documentElement.lang = locale()
    setText(this.title, t('floor-title'))
    setText(this.lastTitle, t('floor-last'))
    setText(this.station, this.stationName || t('floor-station-none'))
    this.station.hidden = this.stationName === '' && this.root.dataset.mode === 'scan'
    setText(this.leave, t('floor-leave'))
    this.box.placeholder = t('floor-scan').toUpperCase()
    this.box.setAttribute('aria-label', t('floor-scan'))
    this.foot.setAttribute('aria-label', t('floor-nav'))
    const names: Key[] = ['floor-nav-home', 'floor-nav-scan', 'floor-nav-search', 'floor-nav-bags']
    this.foot.querySelectorAll('span').forEach((span, index) => {
      const name = names[index]
      if (name) setText(span, t(name))
    })
  }

  private renderData(state: State): void {
    setData(this.root, 'waiting', String(state.waiting.length))
    setData(this.root, 'attention', String(state.attention.length))
    setData(this.root, 'parent', state.parent?.code ?? '')
    setData(this.root, 'count', state.parent ? String(countOf(state, state.parent)) : '')
    setData(this.root, 'online', String(state.link === 'ok'))
    setData(this.root, 'signedOut', String(state.signedOut))
    setData(this.root, 'person', state.me?.name ?? '')
    setData(this.root, 'banner', state.banner.kind)
    setData(this.root, 'outcome', state.banner.kind === 'refused' ? state.banner.outcome : '')
  }

  private renderStrip(state: State): void {
    const link: Key = state.signedOut
      ? 'floor-signed-out-chip'
      : state.link === 'ok'
        ? 'floor-online'
        : state.link === 'busy'
          ? 'floor-busy'
          : 'floor-offline'
    setText(this.link, t(link))
    this.link.className = link === 'floor-online' ? 'chip ok' : 'chip look'
    setText(this.waiting, t('floor-waiting', { n: number(state.waiting.length) }))
    setText(this.attention, t(state.attention.length === 1 ? 'floor-attention' : 'floor-attention-many', { n: number(state.attention.length) }))
    this.attention.className = state.attention.length > 0 ? 'chip look' : 'chip'
    this.attention.setAttribute('aria-expanded', String(state.attentionOpen))
    setText(this.scanner, t(state.scannerSeen ? 'floor-scanner-seen' : 'floor-scanner-none'))
    this.scanner.className = state.scannerSeen ? 'chip ok' : 'chip'
    setText(this.who, [state.me?.areaName, state.me?.name].filter(Boolean).join(' · '))
  }

  private renderNotices(state: State): void {
    const notices: HTMLElement[] = []
    if (state.signedOut) {
      const next = encodeURIComponent(location.pathname + location.search)
      const link = el('a', { class: 'button main', id: 'sign-in', href: `/login?next=${next}` }, t('floor-sign-in'))
      notices.push(el('p', { class: 'notice' }, el('span', {}, t('floor-signed-out')), link))
    }
    if (state.me && !state.me.canScan) notices.push(el('p', { class: 'notice stop' }, t('floor-no-right', { name: state.me.name })))
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

  private renderNow(state: State, before: State | null, relabel: boolean): void {
    const { banner, parent } = state
    this.now.className = banner.kind === 'refused' ? 'now no' : banner.kind === 'completed' ? 'now ok' : 'now'
    if (relabel || before?.banner !== banner || before.parent !== parent) this.renderRefusal(state, banner)
    this.facts.hidden = banner.kind === 'refused'
    this.counter.hidden = !parent
    this.pips.hidden = !parent
    const count = parent ? countOf(state, parent) : 0
    if (!parent) {
      setText(this.lead, '')
      setText(this.parent, t('floor-scan-parent'))
      setText(this.note, labelsText(state) && t('floor-scan-parent-help', { labels: labelsText(state) }))
      this.parent.classList.remove('code')
    } else {
      this.renderParent(state, parent.code, count, parent.capacity)
    }
    if (before && before.cue !== state.cue && state.sound !== 'refused') setText(this.said, saidText(state, count))
  }

  private renderParent(state: State, code: string, count: number, capacity: number): void {
    const isCompleted = state.banner.kind === 'completed'
    setText(this.lead, isCompleted ? t('floor-completed', { n: count, capacity }) : t('floor-children-of'))
    setText(this.parent, code)
    this.parent.classList.add('code')
    setText(this.count, String(count))
    setText(this.capacity, ` / ${capacity}`)
    const kept = waitingFor(state, code)
    const note = isCompleted ? t('floor-completed-next') : kept > 0 ? t('floor-provisional', { n: kept }) : ''
    setText(this.note, note)
    while (this.pips.childElementCount > capacity) this.pips.lastElementChild?.remove()
    while (this.pips.childElementCount < capacity) this.pips.append(el('i'))
    this.pips.setAttribute('aria-label', t('floor-count', { n: count, capacity }))
    Array.from(this.pips.children).forEach((pip, index) => {
      pip.className = index === count - 1 ? 'last' : index < count ? 'on' : ''
    })
  }

  private renderRefusal(state: State, banner: Banner): void {
    if (banner.kind !== 'refused') return this.refusal.replaceChildren()
    const params = { code: banner.code, parent: banner.parent, current_parent: banner.currentParent, n: number(state.waiting.length) }
    const { parent } = state
    const stays = parent
      ? t('floor-stays', { parent: parent.code, n: countOf(state, parent), capacity: parent.capacity })
      : t('floor-keep-scanning')
    this.refusal.replaceChildren(
      el('p', { class: 'code refused-code' }, banner.code),
      el('p', { class: 'ask' }, headline(banner.outcome, params)),
      el('p', { class: 'way-out' }, wayOut(banner.outcome, params, banner.message)),
      el('p', { class: 'stays' }, stays),
      el('p', { class: 'support' }, el('code', {}, banner.outcome)),
    )
  }

  private renderKeys(state: State): void {
    const { banner, parent } = state
    const label = (button: HTMLElement, text: string) => button.firstElementChild && setText(button.firstElementChild, text)
    label(this.undo, t('floor-undo'))
    this.undo.disabled = undoParentOf(state) === null
    this.close.disabled = parent === null
    this.close.classList.toggle('stop', state.closeAsked)
    const ask = parent && state.closeAsked
    label(this.close, ask ? t('floor-close-ask', { n: countOf(state, parent), capacity: parent.capacity }) : t('floor-close'))
    if (ask && !this.shown?.closeAsked) setText(this.said, this.close.textContent)
    const canMove = banner.kind === 'refused' && banner.outcome === 'child_elsewhere' && banner.parent !== ''
    this.move.hidden = !canMove
    if (canMove) label(this.move, t('floor-move', { parent: banner.parent }))
  }

  private renderAttentionList(state: State, before: State | null, relabel: boolean): void {
    this.attentionList.hidden = !state.attentionOpen
    const changed = relabel || before?.attention !== state.attention || before.attentionOpen !== state.attentionOpen
    if (!state.attentionOpen || !changed) return
    renderAttention(this.attentionList, state.attention, this.acts)
    if (!before?.attentionOpen) this.attentionList.scrollIntoView({ block: 'nearest' })
  }

  private flashOnce(state: State): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    this.flash.className = state.sound === 'refused' ? 'flash no' : 'flash ok'
    this.flash.getAnimations().forEach((animation) => animation.cancel())
    this.flash.animate([{ opacity: 0.4 }, { opacity: 0 }], { duration: 500, easing: 'ease-out' })
  }
}
