// Puts what happened to a bill into words.
//
// Invariant: every state of a scan has words, and a difference has its sign, so that nothing is shown by
// colour alone.
import { number } from '../../engine/words'
import type { BagScan } from '../items'
import { headline, t, type Key } from '../phrases'
import { shortScan, type State } from './model'

function keptKey(action: BagScan['action']): Key {
  switch (action) {
    case 'bill_unlink':
      return 'bill-last-kept-unlink'
    case 'bill_complete':
      return 'bill-last-kept-complete'
    case 'bill_reopen':
      return 'bill-last-kept-reopen'
    default:
      return 'bill-last-kept'
  }
}

function doneKey(action: BagScan['action']): Key {
  switch (action) {
    case 'bill_unlink':
      return 'bill-last-unlinked'
    case 'bill_complete':
      return 'bill-last-complete'
    case 'bill_reopen':
      return 'bill-last-reopen'
    default:
      return 'bill-last-linked'
  }
}

export function shortText(n: number, capacity: number): string {
  return t('bill-short', { n, capacity })
}

export function lastText(scan: BagScan): string {
  const params = { code: scan.code, bill: scan.bill }
  switch (scan.state) {
    case 'kept':
      return t(keptKey(scan.action), params)
    case 'undone':
      return t('bill-last-unlinked', params)
    case 'no':
      return headline(scan.outcome, params)
    case 'ok': {
      const text = t(doneKey(scan.action), params)
      return shortScan(scan) ? `${text} · ${shortText(scan.children, scan.capacity)}` : text
    }
  }
}

/** What a screen reader says when something went well. */
export function saidText({ last, bill }: State): string {
  const scan = last[0]
  const many = bill?.isKnown ? t('bill-count', { n: bill.parents, capacity: bill.capacity }) : ''
  if (!scan || scan.state === 'no') return many
  return `${scan.code} ${lastText(scan)}, ${many}`
}

export function kgText(kg: number): string {
  return t('bill-kg', { n: number(kg) })
}

export function varianceText(kg: number): string {
  const sign = kg > 0 ? '+' : kg < 0 ? '−' : ''
  return t('bill-kg', { n: sign + number(Math.abs(kg)) })
}

export function missingText(missing: number): string {
  return missing === 1 ? t('bill-missing-one') : t('bill-missing', { n: number(missing) })
}
