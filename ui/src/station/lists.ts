// The two lists of the floor: the last scans, and what needs attention.
//
// Invariant: a refused scan stays in the second list until somebody presses Done or the child was
// moved; showing the list never stops the scanning.
import type { Attention } from '../queue/types'
import { el } from './dom'
import { LAST_SHOWN, type LastScan } from './model'
import { headline, t, wayOut, type Params } from './phrases'
import { lastText, timeText } from './words'

function lastItem(scan: LastScan): HTMLLIElement {
  const tone = scan.state === 'no' ? 'no' : scan.state === 'kept' ? 'kept' : 'quiet'
  return el(
    'li',
    { 'data-id': scan.id, 'data-state': scan.state, 'data-outcome': scan.outcome || undefined },
    el('span', { class: 'code' }, scan.code),
    el('span', { class: tone }, lastText(scan)),
    el('time', { datetime: scan.at }, timeText(scan.at)),
  )
}

export function renderLast(list: HTMLElement, last: readonly LastScan[]): void {
  if (last.length === 0) list.replaceChildren(el('li', { class: 'quiet none' }, t('floor-last-none')))
  else list.replaceChildren(...last.slice(0, LAST_SHOWN).map(lastItem))
}

export interface AttentionActs {
  dismiss(entry: Attention): void
  move(entry: Attention): void
}

function attentionItem(entry: Attention, acts: AttentionActs): HTMLLIElement {
  const { item, result } = entry
  const code = result.code ?? item.code ?? item.parent ?? ''
  const params: Params = {
    code,
    parent: result.parent ?? item.parent,
    current_parent: result.current_parent,
    n: result.children,
    capacity: result.capacity,
  }
  const done = el('button', { class: 'button', type: 'button', 'aria-label': t('floor-dismiss-of', { code }) }, t('floor-dismiss'))
  done.addEventListener('click', () => acts.dismiss(entry))
  const buttons = el('div', { class: 'row' }, done)
  if (result.outcome === 'child_elsewhere' && item.parent) {
    const move = el('button', { class: 'button main', type: 'button' }, t('floor-move', { parent: item.parent }))
    move.addEventListener('click', () => acts.move(entry))
    buttons.prepend(move)
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
