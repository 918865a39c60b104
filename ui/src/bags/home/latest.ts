// The rows of the newest scans on the home page.
//
// Invariant: everything from the feed is inserted as text, and a link leads to a bag's own page, or to the look-up: what
// was scanned may be a bill number, or nothing at all.
import { isRefused } from '../outcomes'

export interface Latest {
  time: string
  code: string
  parent?: string | null
  outcome: string
  person?: string | null
  station?: string | null
}

export function cell(className: string, ...children: (Node | string)[]): HTMLTableCellElement {
  const td = document.createElement('td')
  if (className) td.className = className
  td.append(...children)
  return td
}

export function codeLink(before: string, code: string | null | undefined): Node | string {
  if (!code) return '—'
  const link = document.createElement('a')
  link.href = before + encodeURIComponent(code)
  link.textContent = code
  return link
}

export function outcomeChip(outcome: string, words: Record<string, string>): HTMLElement {
  const chip = document.createElement('span')
  chip.className = isRefused(outcome) ? 'chip stop' : 'chip ok'
  chip.textContent = words[`outcome-${outcome}`] ?? outcome
  return chip
}

export function latestRow(scan: Latest, words: Record<string, string>): HTMLTableRowElement {
  const time = document.createElement('time')
  time.textContent = scan.time
  const row = document.createElement('tr')
  row.append(
    cell('num-left', time),
    cell('code', codeLink('/lookup?q=', scan.code)),
    cell('code', codeLink('/bags/', scan.parent)),
    cell('', outcomeChip(scan.outcome, words)),
    cell('', scan.person || '—'),
    cell('', scan.station || '—'),
  )
  return row
}

/** On a phone each row is a card, and each cell names its column. */
export function labelCells(rows: readonly HTMLTableRowElement[], table: HTMLTableElement | null): void {
  const heads = Array.from(table?.querySelectorAll('thead th') ?? [], (head) => head.textContent)
  for (const row of rows) {
    Array.from(row.cells).forEach((cell, index) => (cell.dataset.label = heads[index] ?? ''))
  }
}
