// Puts what happened at a bag station into words.
//
// Invariant: every state of a scan has words, so that nothing is shown by colour alone.
import type { BagScan } from '../items'
import { headline, t } from '../phrases'
import type { State } from './model'

function keptText(scan: BagScan): string {
  switch (scan.action) {
    case 'parent':
      return t('parent-last-kept-parent')
    case 'undo':
      return t('parent-last-kept-undo')
    case 'close':
      return t('parent-last-kept-close')
    default:
      return t('parent-last-kept', { parent: scan.parent })
  }
}

function doneText(scan: BagScan): string {
  switch (scan.action) {
    case 'parent':
      return scan.outcome === 'parent_created' ? t('parent-last-parent-new') : t('parent-last-parent')
    case 'undo':
    case 'unlink':
      return t('parent-last-undone', { parent: scan.parent })
    case 'close':
      return t('parent-last-closed', { n: scan.children })
    case 'relink':
      return t('parent-last-relinked', { parent: scan.parent })
    default:
      return t('parent-last-linked', { parent: scan.parent })
  }
}

export function lastText(scan: BagScan): string {
  switch (scan.state) {
    case 'kept':
      return keptText(scan)
    case 'undone':
      return t('parent-last-undone', { parent: scan.parent })
    case 'ok':
      return doneText(scan)
    case 'no':
      return headline(scan.outcome, { code: scan.code, parent: scan.parent, current_parent: scan.currentParent })
  }
}

/** What a screen reader says when something went well. */
export function saidText(state: State, count: number): string {
  const scan = state.last[0]
  if (!scan || scan.state === 'no') return ''
  const many = state.parent ? `, ${t('parent-count', { n: count, capacity: state.parent.capacity })}` : ''
  return `${scan.code} ${lastText(scan)}${many}`
}
