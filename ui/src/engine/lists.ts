// The two lists of a station: the last scans, and what needs attention.
//
// Invariant: a refused scan stays in the second list until somebody presses Done or a later scan settles
// it; the list never stops the scanning.
import { el } from './dom'
import type { Attention, Kind, LastScan } from './items'
import { t } from './phrases'
import { LAST_SHOWN } from './state'
import { timeText } from './words'

/** How a scan is described in the list, and whether it deserves a look although it went well. */
export interface LastWords<L extends LastScan> {
  text(scan: L): string
  deservesLook?(scan: L): boolean
  /** Refused, but nothing is wrong. */
  isRepeat?(scan: L): boolean
}

/** A refusal in words: what was scanned, what is wrong, and what to do now. */
export interface RefusalWords {
  code: string
  headline: string
  wayOut: string
}

function lastItem<L extends LastScan>(scan: L, words: LastWords<L>): HTMLLIElement {
  const isWrong = scan.state === 'no' && !words.isRepeat?.(scan)
  const tone = isWrong ? 'no' : scan.state === 'no' || scan.state === 'kept' || words.deservesLook?.(scan) ? 'kept' : 'quiet'
  return el(
    'li',
    { 'data-id': scan.id, 'data-state': scan.state, 'data-outcome': scan.outcome || undefined },
    el('span', { class: 'code' }, scan.code),
    el('span', { class: tone }, words.text(scan)),
    el('time', { datetime: scan.at }, timeText(scan.at)),
  )
}

export function renderLast<L extends LastScan>(list: HTMLElement, last: readonly L[], words: LastWords<L>): void {
  if (last.length === 0) list.replaceChildren(el('li', { class: 'quiet none' }, t('station-last-none')))
  else list.replaceChildren(...last.slice(0, LAST_SHOWN).map((scan) => lastItem(scan, words)))
}

/** What the page can do at once about a refused scan. */
export interface Offer {
  label: string
  act(): void
}

export interface AttentionActs<K extends Kind> {
  dismiss(entry: Attention<K>): void
  dismissAll(): void
  offer(entry: Attention<K>): Offer | null
  words(entry: Attention<K>): RefusalWords
}

function attentionItem<K extends Kind>(entry: Attention<K>, acts: AttentionActs<K>): HTMLLIElement {
  const { item, result } = entry
  const { code, headline, wayOut } = acts.words(entry)
  const done = el('button', { class: 'button', type: 'button', 'aria-label': t('station-dismiss-of', { code }) }, t('station-dismiss'))
  done.addEventListener('click', () => acts.dismiss(entry))
  const buttons = el('div', { class: 'row' }, done)
  const offer = acts.offer(entry)
  if (offer) {
    const button = el('button', { class: 'button main', type: 'button' }, offer.label)
    button.addEventListener('click', () => offer.act())
    buttons.prepend(button)
  }
  const words = el(
    'div',
    {},
    el('p', {}, el('b', { class: 'code' }, code), ' ', el('b', { class: 'no' }, headline)),
    el('p', {}, wayOut),
    el('p', { class: 'quiet' }, el('time', { datetime: item.at }, timeText(item.at)), ' · ', el('code', {}, result.outcome)),
  )
  return el('li', { 'data-id': entry.id, 'data-outcome': result.outcome }, words, buttons)
}

export function renderAttention<K extends Kind>(section: HTMLElement, entries: readonly Attention<K>[], acts: AttentionActs<K>): void {
  const title = el('div', { class: 'row' }, el('h2', {}, t('station-attention-title')))
  if (entries.length > 1) {
    const all = el('button', { id: 'clear-all', class: 'button', type: 'button' }, t('station-dismiss-all'))
    all.addEventListener('click', () => acts.dismissAll())
    title.append(all)
  }
  const newestFirst = [...entries].reverse()
  const list =
    newestFirst.length === 0
      ? el('p', { class: 'quiet' }, t('station-attention-none'))
      : el('ul', {}, ...newestFirst.map((entry) => attentionItem(entry, acts)))
  section.replaceChildren(title, list)
}
