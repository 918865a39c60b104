// The two lists of the floor: the last scans, and what needs attention.
//
// Invariant: a refused scan stays in the second list until somebody presses Done or the child was
// moved or the bag added; showing the list never stops the scanning.
import type { Attention } from '../queue/types'
import { LAST_SHOWN, paramsOf, type LastScan } from './common'
import { el } from './dom'
import { headline, t, wayOut } from './phrases'
import { timeText } from './words'

/** What a scan is called in the list, and whether it deserves a look though it went well. */
export interface LastWords {
  text(scan: LastScan): string
  isShort?(scan: LastScan): boolean
}

function lastItem(scan: LastScan, words: LastWords): HTMLLIElement {
  const tone = scan.state === 'no' ? 'no' : scan.state === 'kept' || words.isShort?.(scan) ? 'kept' : 'quiet'
  return el(
    'li',
    { 'data-id': scan.id, 'data-state': scan.state, 'data-outcome': scan.outcome || undefined },
    el('span', { class: 'code' }, scan.code),
    el('span', { class: tone }, words.text(scan)),
    el('time', { datetime: scan.at }, timeText(scan.at)),
  )
}

export function renderLast(list: HTMLElement, last: readonly LastScan[], words: LastWords): void {
  if (last.length === 0) list.replaceChildren(el('li', { class: 'quiet none' }, t('floor-last-none')))
  else list.replaceChildren(...last.slice(0, LAST_SHOWN).map((scan) => lastItem(scan, words)))
}

/** What the page can do about a refused scan at once. */
export interface Offer {
  label: string
  act(): void
}

export interface AttentionActs {
  dismiss(entry: Attention): void
  offer(entry: Attention): Offer | null
}

function attentionItem(entry: Attention, acts: AttentionActs): HTMLLIElement {
  const { item, result } = entry
  const params = paramsOf(item, result)
  const code = String(params.code)
  const done = el('button', { class: 'button', type: 'button', 'aria-label': t('floor-dismiss-of', { code }) }, t('floor-dismiss'))
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
    el('p', {}, el('b', { class: 'code' }, code), ' ', el('b', { class: 'no' }, headline(result.outcome, params))),
    el('p', {}, wayOut(result.outcome, params, result.message)),
    el('p', { class: 'quiet' }, el('time', { datetime: item.at }, timeText(item.at)), ' · ', el('code', {}, result.outcome)),
  )
  return el('li', { 'data-id': entry.id, 'data-outcome': result.outcome }, words, buttons)
}

export function renderAttention(section: HTMLElement, entries: readonly Attention[], acts: AttentionActs): void {
  const title = el('h2', {}, t('floor-attention-title'))
  const newestFirst = [...entries].reverse()
  const list =
    newestFirst.length === 0
      ? el('p', { class: 'quiet' }, t('floor-attention-none'))
      : el('ul', {}, ...newestFirst.map((entry) => attentionItem(entry, acts)))
  section.replaceChildren(title, list)
}
