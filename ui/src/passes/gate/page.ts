// The page of a gate, drawn from its state: the strip on top, the picture of the camera, the box, the keys, and the verdict
// over all of it.
//
// Invariants: text is only ever inserted as text; the box is never disabled, so no scan is lost while something is shown; a
// verdict never needs a touch to go away, because the next scan replaces it.
import { el, setData, setText } from '../../engine/dom'
import { timeText, number } from '../../engine/words'
import { t } from './phrases'
import { isOffline, type FoundGuest, type State } from './state'

export interface Acts {
  given(text: string): void
  letIn(pass: string): void
  close(): void
  camera(): void
  turnRound(): void
  direction(): void
  oneByOne(): void
  askUndo(): void
  undo(reason: string): void
  cancelUndo(): void
  rename(name: string): void
}

function button(id: string, act: () => void, more = ''): HTMLButtonElement {
  const made = el('button', { id, class: `button ${more}`.trim(), type: 'button' })
  made.addEventListener('click', act)
  return made
}

export class GatePage {
  readonly video = el('video', { id: 'picture', muted: true, playsinline: true, 'aria-hidden': 'true' })
  readonly box = el('input', {
    id: 'code', class: 'scanbox', type: 'text', autocomplete: 'off', autocapitalize: 'none', autocorrect: 'off',
    spellcheck: 'false', enterkeyhint: 'go', maxlength: '2000',
  })
  private readonly title = el('h1', { class: 'visually-hidden' })
  private readonly name = el('input', { id: 'gate-name', class: 'gate-name', maxlength: '64', autocomplete: 'off' })
  private readonly link = el('span', { id: 'link', class: 'chip' })
  private readonly inside = el('b', { id: 'inside', class: 'push' })
  private readonly notices = el('div', { id: 'notices' })
  private readonly ready = el('div', { id: 'ready', class: 'ready' })
  private readonly list = el('p', { id: 'list-age', class: 'quiet' })
  private readonly here = el('p', { id: 'here', class: 'quiet' })
  private readonly found = el('section', { id: 'found', class: 'sheet found', hidden: true })
  private readonly verdict = el('section', { id: 'verdict', class: 'verdict', hidden: true })
  private readonly said = el('div', { id: 'said', class: 'visually-hidden', role: 'alert' })
  private readonly reason = el('input', { id: 'undo-reason', class: 'field', maxlength: '200', autocomplete: 'off' })
  private readonly form = el('form', { id: 'undo-form', class: 'undo', hidden: true })
  private readonly keys = el('div', { class: 'keys' })
  private readonly buttons: Record<'camera' | 'turn' | 'direction' | 'people' | 'undo' | 'close', HTMLButtonElement>
  private noticeText = ''
  private shownScan = ''

  constructor(
    private readonly root: HTMLElement,
    private readonly acts: Acts,
  ) {
    root.classList.add('station', 'gate')
    this.video.muted = true
    this.buttons = {
      camera: button('key-camera', () => acts.camera()),
      turn: button('key-turn', () => acts.turnRound()),
      direction: button('key-direction', () => acts.direction()),
      people: button('key-people', () => acts.oneByOne()),
      undo: button('key-undo', () => acts.askUndo()),
      close: button('key-close', () => acts.close()),
    }
    const strip = el('header', { class: 'strip' }, this.name, this.link, this.inside)
    const boxes = el('form', { id: 'gate-form', class: 'gate-form' }, this.box)
    boxes.addEventListener('submit', (event) => {
      event.preventDefault()
      this.submit()
    })
    const picture = el('div', { class: 'picture' }, this.video, this.ready)
    const leave = el('a', { id: 'key-leave', class: 'button push', href: '/gate' })
    const { camera, turn, direction, people, undo, close } = this.buttons
    this.keys.append(camera, turn, direction, people, undo, close, leave)
    const confirm = el('button', { id: 'undo-go', class: 'button main' })
    const cancel = button('undo-cancel', () => acts.cancelUndo())
    this.form.append(el('label', { for: 'undo-reason', id: 'undo-why' }), this.reason, confirm, cancel)
    this.form.addEventListener('submit', (event) => {
      event.preventDefault()
      const why = this.reason.value.trim()
      if (why !== '') acts.undo(why)
    })
    this.name.addEventListener('change', () => acts.rename(this.name.value))
    this.verdict.addEventListener('click', () => acts.close())
    const work = el('div', { class: 'work' }, this.title, this.notices, boxes, this.found, picture, this.list, this.here)
    const main = el('main', {}, work, this.verdict, this.form, this.keys, this.said)
    root.replaceChildren(strip, main)
    this.listen()
  }

  private submit(): void {
    const { value } = this.box
    this.box.value = ''
    this.acts.given(value)
  }

  /** Keys go into the box wherever the focus is; a scanner that sends no Enter is read by the length of its code. */
  private listen(): void {
    window.addEventListener('keydown', (event) => {
      const { target } = event
      if (event.key === 'Escape') this.acts.close()
      if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return
      if (target instanceof HTMLInputElement || (event.key === ' ' && target instanceof HTMLButtonElement)) return
      this.box.focus({ preventScroll: true })
    }, true)
    this.box.addEventListener('input', () => {
      const { value } = this.box
      if (/^TP1[A-Z2-7]{154}$/i.test(value) || (value.length === 164 && value.endsWith('=='))) this.submit()
    })
  }

  label(): void {
    setText(this.title, t('gate-title'))
    this.name.placeholder = t('gate-name-none')
    this.name.setAttribute('aria-label', t('gate-name-ask'))
    this.box.placeholder = t('gate-scan')
    this.box.setAttribute('aria-label', t('gate-scan'))
    setText(this.buttons.turn, t('gate-camera-turn'))
    setText(this.buttons.undo, t('gate-undo'))
    setText(this.buttons.close, t('gate-close'))
    for (const [id, words] of [['key-leave', t('gate-leave')], ['undo-why', t('gate-undo-why')], ['undo-go', t('gate-undo')], ['undo-cancel', t('gate-cancel')]] as const) {
      const node = this.root.querySelector(`#${id}`)
      if (node) setText(node, words)
    }
  }

  render(state: State): void {
    setData(this.root, 'known', 'true')
    setData(this.root, 'waiting', String(state.waiting))
    setData(this.root, 'online', String(!isOffline(state)))
    setData(this.root, 'outcome', state.verdict?.outcome ?? '')
    setData(this.root, 'camera', state.camera.kind === 'on' ? state.camera.reader : state.camera.kind)
    setData(this.root, 'list', String(state.listSize))
    if (document.activeElement !== this.name && this.name.value !== state.gate) this.name.value = state.gate
    this.renderStrip(state)
    this.renderNotices(state)
    this.renderReady(state)
    this.renderVerdict(state)
    this.renderFound(state)
    this.renderKeys(state)
  }

  private renderStrip(state: State): void {
    const n = number(state.waiting)
    const words = isOffline(state) ? (state.waiting > 0 ? t('gate-waiting', { n }) : t('gate-offline')) : state.waiting > 0 ? t('gate-sending', { n }) : t('gate-online')
    setText(this.link, words)
    this.link.className = isOffline(state) ? 'chip look' : 'chip ok'
    setText(this.inside, t('gate-inside', { n: number(state.inside) }))
    const age = state.takenAt ? t('gate-list-age', { at: timeText(state.takenAt), n: number(state.listSize) }) : t('gate-list-none')
    setText(this.list, `${age} · ${t('gate-device', { device: state.device })}`)
    setText(this.here, t('gate-here', { yes: number(state.yes), no: number(state.no) }))
  }

  private renderNotices(state: State): void {
    const notices: HTMLElement[] = []
    const next = encodeURIComponent(location.pathname)
    const way = (address: string, words: string) => el('a', { class: 'button main', id: 'sign-in', href: `${address}?next=${next}` }, words)
    if (state.session === 'out') notices.push(el('p', { class: 'notice' }, el('span', {}, t('gate-signed-out')), way('/login', t('gate-sign-in'))))
    if (state.session === 'locked') notices.push(el('p', { class: 'notice' }, el('span', {}, t('gate-locked')), way('/lock', t('gate-unlock'))))
    if (state.session === 'not_yours') notices.push(el('p', { class: 'notice stop' }, t('gate-not-yours')))
    if (isOffline(state) && state.takenAt) notices.push(el('p', { class: 'notice', id: 'cannot-know' }, t('gate-cannot-know', { at: timeText(state.takenAt) })))
    if (!state.lasting) notices.push(el('p', { class: 'notice' }, t('gate-not-lasting')))
    if (state.hasNewConflict) notices.push(el('p', { class: 'notice', id: 'conflict' }, t('gate-conflict-new')))
    if (state.conflicts > 0 && state.person?.canUndo) notices.push(el('p', { class: 'notice' }, el('a', { id: 'conflicts', href: '/gate/conflicts' }, t('gate-conflicts', { n: number(state.conflicts) }))))
    for (const { name, n } of state.others) notices.push(el('p', { class: 'notice' }, t('gate-others-waiting', { n: number(n), name: name || t('gate-someone') })))
    const text = notices.map((notice) => notice.textContent).join('|')
    if (text === this.noticeText) return
    this.noticeText = text
    this.notices.replaceChildren(...notices)
  }

  private renderReady({ camera, event }: State): void {
    const isOn = camera.kind === 'on'
    this.video.hidden = !isOn
    const words = camera.kind === 'fault' ? t(`gate-camera-${camera.fault}`) : camera.kind === 'starting' ? t('gate-camera-starting') : t('gate-ready-help')
    const text = isOn ? '' : `${event?.name ?? ''}|${words}`
    if (this.ready.dataset.text === text) return
    this.ready.dataset.text = text
    this.ready.replaceChildren(...(isOn ? [] : [el('p', { class: 'ask' }, event?.name ?? t('gate-ready')), el('p', {}, words)]))
  }

  private renderVerdict({ verdict }: State): void {
    this.verdict.hidden = !verdict
    const key = verdict ? `${verdict.scanId} ${verdict.outcome} ${verdict.remarks.join('|')} ${verdict.names.join('|')}` : ''
    if (key === this.shownScan) return
    this.shownScan = key
    if (!verdict) return
    this.verdict.className = `verdict ${verdict.tone}`
    const mark = { yes: '✓', again: '!', no: '✗', wait: '…' }[verdict.tone]
    this.verdict.replaceChildren(
      el('p', { class: 'verdict-mark', 'aria-hidden': 'true' }, mark),
      el('p', { class: 'verdict-words', id: 'verdict-words' }, verdict.headline),
      ...verdict.names.map((name) => el('p', { class: 'verdict-name', dir: 'auto' }, name)),
      ...verdict.remarks.map((remark) => el('p', { class: 'verdict-remark', dir: 'auto' }, remark)),
    )
    if (verdict.tone !== 'wait') setText(this.said, [verdict.headline, ...verdict.names, ...verdict.remarks].join('. '))
  }

  private renderFound({ found }: State): void {
    this.found.hidden = !found
    const key = JSON.stringify(found)
    if (!found || this.found.dataset.key === key) return
    this.found.dataset.key = key
    const note = { '': '', short: t('gate-found-short'), offline: t('gate-found-offline'), none: t('gate-found-none', { text: found.text }) }[found.note]
    this.found.replaceChildren(el('h2', {}, t('gate-found')), ...(note ? [el('p', { role: 'alert' }, note)] : []), ...found.guests.map((guest) => this.guest(guest)))
  }

  private guest({ id, name1, name2, kind, admitted }: FoundGuest): HTMLElement {
    const name = name2 ? `${name1} + ${name2}` : name1
    const about = [t(kind === 'COUPLE' ? 'gate-couple' : 'gate-single'), ...(admitted > 0 ? [t('gate-already_admitted')] : [])].join(' · ')
    const let_in = el('button', { class: 'button push', type: 'button', 'aria-label': t('gate-let-in-of', { name }) }, t('gate-let-in'))
    let_in.addEventListener('click', () => this.acts.letIn(id))
    return el('div', { class: 'row' }, el('span', {}, el('b', { dir: 'auto' }, name), ' ', el('span', { class: 'quiet' }, about)), let_in)
  }

  private renderKeys(state: State): void {
    const { camera, turn, direction, people, undo, close } = this.buttons
    const { verdict, event, asksReason } = state
    const isOn = state.camera.kind === 'on' || state.camera.kind === 'starting'
    setText(camera, isOn ? t('gate-camera-off') : t('gate-camera-on'))
    turn.hidden = state.camera.kind !== 'on' || verdict !== null
    direction.hidden = !event?.re_entry || verdict !== null
    setText(direction, state.direction === 'admit' ? t('gate-way-in') : t('gate-way-out'))
    setData(direction, 'direction', state.direction)
    people.hidden = !event?.one_by_one || verdict !== null
    setText(people, state.oneByOne ? t('gate-one') : t('gate-all'))
    people.setAttribute('aria-pressed', String(state.oneByOne))
    undo.hidden = !(verdict?.entered && state.person?.canUndo) || asksReason
    close.hidden = verdict === null && state.found === null
    if (this.form.hidden === asksReason) {
      this.form.hidden = !asksReason
      this.reason.value = ''
      if (asksReason) this.reason.focus()
    }
  }
}
