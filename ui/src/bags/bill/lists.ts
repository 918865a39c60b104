// The two lists that only the bill station has: the parents on the bill, and the bills to choose from.
//
// Invariant: a parent that is not full says so in words, and is on the bill all the same.
import { el } from '../../engine/dom'
import { t } from '../phrases'
import { isShort, type BillBag, type OpenBill } from './model'
import { kgText, shortText } from './words'

const CREATE_ADDRESS = '/bills/new'
/** One child weighs one kilogram (rule W1). */
const CHILD_KG = 1

export interface BagsActs {
  remove(code: string): void
}

function bagItem(bag: BillBag, acts: BagsActs | null): HTMLLIElement {
  const { code, children, capacity } = bag
  const filled = isShort(bag)
    ? el('span', { class: 'chip look' }, shortText(children, capacity))
    : el('span', { class: 'quiet' }, t('parent-count', { n: children, capacity }))
  const item = el(
    'li',
    { 'data-code': code, 'data-short': isShort(bag) || undefined },
    el('span', { class: 'code' }, code),
    filled,
    el('span', { class: 'num' }, kgText(children * CHILD_KG)),
  )
  if (!acts) return item
  const button = el('button', { class: 'button', type: 'button', 'aria-label': t('bill-remove-of', { code }) }, t('bill-remove'))
  button.addEventListener('click', () => acts.remove(code))
  item.append(button)
  return item
}

/** Without `acts` nothing can be removed: the bill is completed. */
export function renderBags(list: HTMLElement, bags: readonly BillBag[] | null, acts: BagsActs | null): void {
  if (bags === null || bags.length === 0) {
    const text = t(bags === null ? 'bill-linked-unknown' : 'bill-linked-none')
    return list.replaceChildren(el('li', { class: 'quiet none' }, text))
  }
  list.replaceChildren(...bags.map((bag) => bagItem(bag, acts)))
}

export function renderOpen(list: HTMLElement, bills: readonly OpenBill[] | null, choose: (number: string) => void): void {
  const items = (bills ?? []).map(({ number, parents, capacity }) => {
    const count = el('span', { class: 'quiet num' }, t('bill-count', { n: parents, capacity }))
    const button = el('button', { class: 'button', type: 'button', 'data-bill': number }, el('span', { class: 'code' }, number), count)
    button.addEventListener('click', () => choose(number))
    return el('li', {}, button)
  })
  if (items.length === 0) items.push(el('li', { class: 'quiet none' }, t(bills === null ? 'bill-open-unknown' : 'bill-open-none')))
  list.replaceChildren(...items, el('li', {}, el('a', { class: 'button', href: CREATE_ADDRESS }, t('bill-create'))))
}
