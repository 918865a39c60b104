// Puts what happened into words: one line for a scan, the sentences of a refusal, a time of day.
//
// Invariant: every state of a scan has words, so that nothing on the floor is told by colour alone.
import type { Common, LastScan } from './common'
import type { State } from './model'
import { headline, t } from './phrases'

const timeOfDay = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZone: document.documentElement.dataset.zone ?? 'Asia/Kolkata',
})

export function timeText(at: string): string {
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? '' : timeOfDay.format(time)
}

export function number(n: number): string {
  return n.toLocaleString('en-IN')
}

function keptText(scan: LastScan): string {
  switch (scan.action) {
    case 'parent':
      return t('floor-last-kept-parent')
    case 'undo':
      return t('floor-last-kept-undo')
    case 'close':
      return t('floor-last-kept-close')
    default:
      return t('floor-last-kept', { parent: scan.parent })
  }
}

function doneText(scan: LastScan): string {
  switch (scan.action) {
    case 'parent':
      return scan.outcome === 'parent_created' ? t('floor-last-parent-new') : t('floor-last-parent')
    case 'undo':
    case 'unlink':
      return t('floor-last-undone', { parent: scan.parent })
    case 'close':
      return t('floor-last-closed', { n: scan.children })
    case 'relink':
      return t('floor-last-relinked', { parent: scan.parent })
    default:
      return t('floor-last-linked', { parent: scan.parent })
  }
}

export function lastText(scan: LastScan): string {
  switch (scan.state) {
    case 'kept':
      return keptText(scan)
    case 'undone':
      return t('floor-last-undone', { parent: scan.parent })
    case 'ok':
      return doneText(scan)
    case 'no':
      return headline(scan.outcome, { code: scan.code, parent: scan.parent, current_parent: scan.currentParent })
  }
}

/** What a screen reader is told when something went well. */
export function saidText(state: State, count: number): string {
  const scan = state.last[0]
  if (!scan || scan.state === 'no') return ''
  const many = state.parent ? `, ${t('floor-count', { n: count, capacity: state.parent.capacity })}` : ''
  return `${scan.code} ${lastText(scan)}${many}`
}

export function labelsText(state: Pick<Common, 'me'>): string {
  const labels = state.me?.labels ?? []
  return labels.map(({ prefix }) => prefix).join(' / ')
}
