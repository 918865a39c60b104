// Draws the bag stations: the parent, its counter and its pips. The engine's frame is around them.
//
// Invariant: nothing here decides anything, it only shows the state.
import iconsAddress from '../../../icons.svg?url'
import { el, icon, setData, setText } from '../../engine/dom'
import { Frame, keyButton, labelKey } from '../../engine/frame'
import { may } from '../../engine/me'
import { isOffline } from '../../engine/state'
import { number } from '../../engine/words'
import { BAGS, BILLS } from '../channels'
import type { BagAttention, BagScan, Bags } from '../items'
import { isRepeat } from '../outcomes'
import { headline, refusalWords, t, wayOut, type Key } from '../phrases'
import { labelsText } from '../words'
import { ScanCamera } from './camera'
import { countOf, undoParentOf, waitingFor, type Banner, type State } from './model'
import { lastText, saidText } from './words'

export interface ViewActs {
  undo(): void
  close(): void
  moveNow(): void
  move(entry: BagAttention): void
  dismiss(entry: BagAttention): void
  dismissAll(): void
  openAttention(open: boolean): void
  /** A code that the camera has read. */
  seen(text: string): void
}

function footLink(address: string, name: string, isHere: boolean): HTMLAnchorElement {
  const link = el('a', { href: address, 'aria-current': isHere ? 'page' : undefined })
  link.append(icon(iconsAddress, name), el('span'))
  return link
}

const TONES: Record<Banner['kind'], string> = { none: 'now', completed: 'now ok', repeated: 'now again', refused: 'now no' }

export class View {
  private readonly frame: Frame<Bags>
  private readonly facts = el('div', { class: 'facts-now' })
  private readonly lead = el('p', { id: 'lead', class: 'lead' })
  private readonly parent = el('p', { id: 'parent', class: 'ask code' })
  private readonly count = el('span', { id: 'count' })
  private readonly capacity = el('small')
  private readonly counter = el('p', { class: 'count' }, this.count, this.capacity)
  private readonly pips = el('div', { id: 'pips', class: 'pips', role: 'img' })
  private readonly note = el('p', { id: 'note', class: 'note' })
  private readonly close = keyButton('key-close', 'Alt C')
  private readonly move = keyButton('key-move', 'Alt M')
  private readonly bill = el('a', { id: 'key-bill', class: 'button', hidden: true })
  private readonly camera: ScanCamera
  private readonly foot = el('nav', { class: 'foot' })
  private shown: State | null = null

  constructor(
    private readonly root: HTMLElement,
    private readonly acts: ViewActs,
  ) {
    const offer = (entry: BagAttention) => {
      const { parent } = entry.item
      if (entry.result.outcome !== 'child_elsewhere' || !parent) return null
      return { label: t('parent-move', { parent }), act: () => acts.move(entry) }
    }
    const words = { title: () => t('parent-title'), text: lastText, isRepeat: (scan: BagScan) => isRepeat(scan.outcome) }
    this.camera = new ScanCamera(root, (text) => acts.seen(text))
    this.frame = new Frame<Bags>(root, { ...acts, offer, words: refusalWords }, words)
    this.build()
  }

  get box(): HTMLInputElement {
    return this.frame.box
  }

  private build(): void {
    const { now, refusal, box, keys, undo, leave } = this.frame
    const isPhone = this.root.dataset.mode === 'scan'
    this.facts.append(this.lead, this.parent, this.counter, this.pips, this.note, refusal)
    now.append(this.facts, this.camera.finder, el('div', { class: 'boxed' }, box))
    this.move.classList.add('main')
    this.move.hidden = true
    keys.append(this.move, undo, this.close, this.bill)
    if (!isPhone) keys.append(leave)
    else this.buildPhone()
    this.close.addEventListener('click', () => this.acts.close())
    this.move.addEventListener('click', () => this.acts.moveNow())
  }

  private buildPhone(): void {
    this.frame.keys.append(this.camera.key)
    this.foot.append(
      footLink('/', 'home', false),
      footLink('/scan', 'scan', true),
      footLink('/lookup', 'search', false),
      footLink('/bills', 'bill', false),
    )
    this.root.append(this.foot)
  }

  typed(text: string): void {
    this.frame.typed(text)
  }

  render(state: State): void {
    const before = this.shown
    const relabel = this.frame.isRelabelled()
    if (relabel) this.label()
    setData(this.root, 'parent', state.parent?.code ?? '')
    setData(this.root, 'count', state.parent ? String(countOf(state, state.parent)) : '')
    this.renderNow(state, before, relabel)
    this.renderKeys(state)
    this.frame.render(state, may(state.me, BAGS.right))
    this.shown = state
  }

  private label(): void {
    setText(this.bill, t('parent-bill'))
    this.camera.label()
    this.foot.setAttribute('aria-label', t('foot'))
    const names: Key[] = ['foot-home', 'foot-scan', 'foot-search', 'foot-bills']
    this.foot.querySelectorAll('span').forEach((span, index) => {
      const name = names[index]
      if (name) setText(span, t(name))
    })
  }

  private renderNow(state: State, before: State | null, relabel: boolean): void {
    const { banner, parent } = state
    const isTold = banner.kind === 'refused' || banner.kind === 'repeated'
    this.frame.now.className = TONES[banner.kind]
    if (relabel || before?.banner !== banner || before.parent !== parent) this.renderRefusal(state, banner)
    this.counter.hidden = !parent
    // What is told takes the place of the pips; the counter stays.
    this.pips.hidden = !parent || isTold
    this.note.hidden = isTold
    const count = parent ? countOf(state, parent) : 0
    if (!parent) {
      setText(this.lead, '')
      setText(this.parent, t('parent-scan'))
      setText(this.note, labelsText(state) && t('parent-scan-help', { labels: labelsText(state) }))
      this.parent.classList.remove('code')
    } else {
      this.renderParent(state, parent.code, count, parent.capacity)
    }
    if (before && before.cue !== state.cue && !isTold) this.frame.say(saidText(state, count))
  }

  private renderParent(state: State, code: string, count: number, capacity: number): void {
    const isCompleted = state.banner.kind === 'completed'
    setText(this.lead, isCompleted ? t('parent-completed', { n: count, capacity }) : t('parent-children-of'))
    setText(this.parent, code)
    this.parent.classList.add('code')
    setText(this.count, String(count))
    setText(this.capacity, ` / ${capacity}`)
    const kept = waitingFor(state, code)
    const note = isCompleted ? t('parent-completed-next') : kept > 0 ? t('station-provisional', { n: kept }) : ''
    setText(this.note, note)
    while (this.pips.childElementCount > capacity) this.pips.lastElementChild?.remove()
    while (this.pips.childElementCount < capacity) this.pips.append(el('i'))
    this.pips.setAttribute('aria-label', t('parent-count', { n: count, capacity }))
    Array.from(this.pips.children).forEach((pip, index) => {
      pip.className = index === count - 1 ? 'last' : index < count ? 'on' : ''
    })
  }

  private renderRefusal(state: State, banner: Banner): void {
    if (banner.kind !== 'refused' && banner.kind !== 'repeated') return this.frame.refusal.replaceChildren()
    const { code, outcome, message, parent: refusedFor, currentParent } = banner
    // If the page itself refuses, `n` is how many scans wait; an answer brings its own `n`.
    const params = { n: number(state.waiting.length), ...banner.params, code, parent: refusedFor, current_parent: currentParent }
    const words = { code, headline: headline(outcome, params), wayOut: wayOut(outcome, params, message) }
    this.frame.showRefusal(words, outcome)
  }

  private renderKeys(state: State): void {
    const { banner, parent } = state
    this.frame.undo.disabled = undoParentOf(state) === null
    this.close.disabled = parent === null
    // The parent that was just finished may go on a bill, too. What waits to be sent waits on the device meanwhile.
    const packed = parent?.code ?? state.left
    this.bill.hidden = packed === '' || state.me === null || !may(state.me, BILLS.right) || isOffline(state)
    if (packed) this.bill.href = `/bags/${encodeURIComponent(packed)}/bill`
    else this.bill.removeAttribute('href')
    this.close.classList.toggle('stop', state.closeAsked)
    const ask = parent && state.closeAsked
    labelKey(this.close, ask ? t('parent-close-ask', { n: countOf(state, parent), capacity: parent.capacity }) : t('parent-close'))
    if (ask && !this.shown?.closeAsked) this.frame.say(this.close.textContent)
    const canMove = banner.kind === 'refused' && banner.outcome === 'child_elsewhere' && banner.parent !== ''
    this.move.hidden = !canMove
    if (canMove) labelKey(this.move, t('parent-move', { parent: banner.parent }))
  }
}
