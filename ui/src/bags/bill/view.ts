// Draws the bill station: the bill, its counter, its weights, its parents. The engine's frame is around
// them.
//
// Invariant: nothing here decides anything, it only shows the state; a completed bill is recognised by its
// words, its colour and the keys that remain.
import { el, setData, setText } from '../../engine/dom'
import { Frame, keyButton, labelKey } from '../../engine/frame'
import { may } from '../../engine/me'
import { number } from '../../engine/words'
import { BAGS, BILLS } from '../channels'
import type { BagAttention, BagScan, Bags } from '../items'
import { isRepeat } from '../outcomes'
import { headline, refusalWords, t, wayOut, type Key } from '../phrases'
import { labelsText } from '../words'
import { renderBags, renderOpen } from './lists'
import { canRegister, isCompleted, lastLinkOf, missingOf, pendingOf, shortScan, type BillView, type State } from './model'
import { kgText, lastText, missingText, saidText, shortText, varianceText } from './words'

export interface BillActs {
  undo(): void
  complete(): void
  reopen(): void
  leaveBill(): void
  choose(number: string): void
  remove(code: string): void
  registerNow(): void
  register(entry: BagAttention): void
  dismiss(entry: BagAttention): void
  dismissAll(): void
  openAttention(open: boolean): void
}

const FIGURES = ['actual', 'expected', 'target', 'variance'] as const
const FIGURE_WORDS: Record<(typeof FIGURES)[number], Key> = {
  actual: 'bill-actual',
  expected: 'bill-expected',
  target: 'bill-target',
  variance: 'bill-variance',
}

function figuresOf(bill: BillView): Record<(typeof FIGURES)[number], string> {
  return {
    actual: kgText(bill.actualKg),
    expected: kgText(bill.expectedKg),
    target: kgText(bill.targetKg),
    variance: varianceText(bill.varianceKg),
  }
}

export class View {
  private readonly frame: Frame<Bags>
  private readonly facts = el('div', { class: 'facts-now' })
  private readonly lead = el('p', { id: 'lead', class: 'lead' })
  private readonly number = el('p', { id: 'bill', class: 'ask code' })
  private readonly count = el('span', { id: 'count' })
  private readonly capacity = el('small')
  private readonly counter = el('p', { class: 'count' }, this.count, this.capacity)
  private readonly progress = el('progress', { id: 'progress', class: 'bill-progress' })
  private readonly figures = el('dl', { id: 'figures', class: 'figures' })
  private readonly warning = el('p', { id: 'warning', class: 'chip look', role: 'status' })
  private readonly note = el('p', { id: 'note', class: 'note' })
  private readonly bags = el('ul', { id: 'bags', class: 'bags' })
  private readonly bagsTitle = el('h2', { id: 'bags-title' })
  private readonly linked = el('section', { class: 'sheet linked', tabindex: '0', 'aria-labelledby': 'bags-title' }, this.bagsTitle, this.bags)
  private readonly open = el('ul', { id: 'open', class: 'bags' })
  private readonly openTitle = el('h2', { id: 'open-title' })
  private readonly choice = el('section', { class: 'sheet linked', tabindex: '0', 'aria-labelledby': 'open-title' }, this.openTitle, this.open)
  private readonly complete = keyButton('key-complete', 'Alt C')
  private readonly reopen = el('button', { id: 'key-reopen', class: 'button', type: 'button' })
  private readonly other = el('button', { id: 'key-other', class: 'button', type: 'button' })
  private readonly register = keyButton('key-register', 'Alt M')
  private shown: State | null = null

  constructor(
    private readonly root: HTMLElement,
    private readonly acts: BillActs,
  ) {
    const offer = (entry: BagAttention) => {
      const { item, result } = entry
      if (!this.shown || !canRegister(this.shown, result.outcome, item.code, item.bill)) return null
      return { label: t('bill-register'), act: () => acts.register(entry) }
    }
    const words = { title: () => t('bill-title'), text: lastText, deservesLook: shortScan, isRepeat: (scan: BagScan) => isRepeat(scan.outcome) }
    this.frame = new Frame<Bags>(root, { ...acts, offer, words: refusalWords }, words)
    this.build()
  }

  get box(): HTMLInputElement {
    return this.frame.box
  }

  private build(): void {
    const { now, refusal, box, keys, undo, leave, beside } = this.frame
    for (const name of FIGURES) this.figures.append(el('div', { 'data-figure': name }, el('dt'), el('dd')))
    this.facts.append(this.lead, this.number, this.counter, this.progress, this.figures, this.warning, this.note, refusal)
    now.append(this.facts, el('div', { class: 'boxed' }, box))
    const lasts = beside.lastElementChild
    lasts?.before(this.linked, this.choice)
    lasts?.setAttribute('tabindex', '0') // it shares the height with the parents, so it scrolls
    this.register.classList.add('main')
    this.register.hidden = true
    keys.append(this.register, this.complete, this.reopen, undo, this.other, leave)
    this.complete.addEventListener('click', () => this.acts.complete())
    this.reopen.addEventListener('click', () => this.acts.reopen())
    this.other.addEventListener('click', () => this.acts.leaveBill())
    this.register.addEventListener('click', () => this.acts.registerNow())
  }

  typed(text: string): void {
    this.frame.typed(text)
  }

  render(state: State): void {
    const before = this.shown
    const relabel = this.frame.isRelabelled()
    if (relabel) this.label()
    this.renderData(state)
    this.renderNow(state)
    if (relabel || before?.banner !== state.banner || before.bill !== state.bill) this.renderRefusal(state)
    this.renderLists(state, before, relabel)
    this.renderKeys(state)
    if (before && before.cue !== state.cue && state.banner.kind === 'none') this.frame.say(saidText(state))
    this.frame.render(state, may(state.me, BAGS.right) && may(state.me, BILLS.right))
    this.shown = state
  }

  private label(): void {
    setText(this.bagsTitle, t('bill-linked'))
    setText(this.openTitle, t('bill-open'))
    setText(this.reopen, t('bill-reopen'))
    setText(this.other, t('bill-other'))
    labelKey(this.register, t('bill-register'))
    this.figures.setAttribute('aria-label', t('bill-weights'))
    this.figures.querySelectorAll('dt').forEach((term, index) => {
      const name = FIGURES[index]
      if (name) setText(term, t(FIGURE_WORDS[name]))
    })
  }

  private renderData(state: State): void {
    const { bill } = state
    const missing = bill && missingOf(state, bill)
    setData(this.root, 'bill', bill?.number ?? '')
    setData(this.root, 'count', bill?.isKnown ? String(bill.parents) : '')
    setData(this.root, 'capacity', bill?.isKnown ? String(bill.capacity) : '')
    setData(this.root, 'status', bill?.status ?? '')
    setData(this.root, 'missing', missing === null ? '' : String(missing))
  }

  private renderNow(state: State): void {
    const { banner, bill } = state
    const isDone = bill?.status === 'completed'
    const isTold = banner.kind !== 'none'
    this.frame.now.className = banner.kind === 'refused' ? 'now no' : isTold ? 'now again' : isDone ? 'now ok' : 'now'
    this.number.classList.toggle('code', bill !== null)
    for (const node of [this.counter, this.progress]) node.hidden = !bill?.isKnown
    // What is told takes the place of the weights; the counter stays.
    this.figures.hidden = !bill?.isKnown || isTold
    this.note.hidden = isTold
    if (bill) return this.renderBill(state, bill, isDone)
    setText(this.lead, '')
    setText(this.number, t('bill-scan-bill'))
    setText(this.note, t('bill-scan-bill-help'))
    this.warning.hidden = true
  }

  private renderBill(state: State, bill: BillView, isDone: boolean | undefined): void {
    const { parents, capacity } = bill
    setText(this.lead, isDone ? t('bill-done', { n: parents, capacity }) : t('bill-bill'))
    setText(this.number, bill.number)
    setText(this.count, number(parents))
    setText(this.capacity, ` / ${number(capacity)}`)
    this.progress.max = Math.max(1, capacity)
    this.progress.value = Math.min(parents, capacity)
    this.progress.setAttribute('aria-label', t('bill-count', { n: parents, capacity }))
    const figures = figuresOf(bill)
    this.figures.querySelectorAll<HTMLElement>('[data-figure]').forEach((node, index) => {
      const name = FIGURES[index]
      if (name && node.lastElementChild) setText(node.lastElementChild, figures[name])
    })
    const newest = state.last[0]
    const isShort = shortScan(newest) && newest.bill === lastLinkOf(state)?.bill
    this.warning.hidden = !isShort
    setText(this.warning, isShort ? `${newest.code} ${shortText(newest.children, newest.capacity)}` : '')
    const { items } = pendingOf(state, bill)
    const kept = items > 0 ? t('station-provisional', { n: items }) : ''
    const next = isDone ? t('bill-done-next') : bill.isKnown && parents === 0 ? t('parent-scan-help', { labels: labelsText(state) }) : ''
    setText(this.note, kept || (bill.isKnown ? next : t('bill-unchecked')))
  }

  private renderRefusal(state: State): void {
    const { banner } = state
    if (banner.kind === 'none') return this.frame.refusal.replaceChildren()
    const params = banner.params ?? {}
    const { code, outcome, message } = banner
    const words = { code, headline: headline(outcome, params), wayOut: wayOut(outcome, params, message) }
    this.frame.showRefusal(words, outcome)
  }

  private renderLists(state: State, before: State | null, relabel: boolean): void {
    const { bill, open } = state
    this.linked.hidden = bill === null
    this.choice.hidden = bill !== null
    const isNew = relabel || !before
    if (bill && (isNew || before.bill?.bags !== bill.bags || before.bill.status !== bill.status)) {
      const isKept = this.bags.contains(document.activeElement)
      renderBags(this.bags, bill.bags, bill.status === 'completed' ? null : { remove: (code) => this.acts.remove(code) })
      if (isKept) this.box.focus({ preventScroll: true })
    }
    if (!bill && (isNew || before.open !== open || before.bill !== null)) renderOpen(this.open, open, (chosen) => this.acts.choose(chosen))
  }

  private renderKeys(state: State): void {
    const { banner, bill } = state
    const isDone = bill !== null && isCompleted(state, bill)
    const missing = bill ? missingOf(state, bill) : null
    const canComplete = missing === null || missing === 0
    this.frame.undo.hidden = bill === null
    this.frame.undo.disabled = isDone || lastLinkOf(state) === undefined
    this.complete.hidden = bill === null || isDone
    this.complete.disabled = !canComplete
    this.complete.classList.toggle('main', canComplete)
    labelKey(this.complete, canComplete ? t('bill-complete') : missingText(missing))
    this.reopen.hidden = !isDone
    this.other.hidden = bill === null
    this.register.hidden = banner.kind !== 'refused' || !canRegister(state, banner.outcome, banner.code, banner.params?.bill)
  }
}
