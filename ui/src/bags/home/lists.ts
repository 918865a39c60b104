// The lists beside the charts of the home page: scans by area, the newest bills, a person's own newest scans.
//
// Invariant: everything from the feed is inserted as text; what is on the page stays if the feed brings nothing.
import { cell, codeLink, outcomeChip } from './latest'

export interface AreaBar {
  area: string
  title: string
  scans: number
}

export interface LatestBill {
  number: string
  path: string
  status: string
  parents: number
  capacity: number
  percent: number
  created_at: string
}

export interface OwnScan {
  time: string
  code: string
  outcome: string
}

const SVG = 'http://www.w3.org/2000/svg'

/** How wide a bar is, out of 100; any value above zero is visible. */
export function barWidth(scans: number, most: number): number {
  if (scans <= 0 || most <= 0) return 0
  return Math.max(1, Math.floor((scans * 100) / most))
}

export function fillAreas(list: Element, areas: readonly AreaBar[]): void {
  const most = Math.max(0, ...areas.map(({ scans }) => scans))
  const items = areas.map(({ area, title, scans }) => {
    const item = document.createElement('li')
    item.dataset.area = area
    const name = document.createElement('span')
    name.textContent = title
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('viewBox', '0 0 100 8')
    svg.setAttribute('preserveAspectRatio', 'none')
    svg.setAttribute('aria-hidden', 'true')
    const bar = document.createElementNS(SVG, 'rect')
    bar.setAttribute('class', 'bar-top')
    bar.setAttribute('width', String(barWidth(scans, most)))
    bar.setAttribute('height', '8')
    svg.append(bar)
    const figure = document.createElement('b')
    figure.textContent = scans.toLocaleString('en-IN')
    item.append(name, svg, figure)
    return item
  })
  list.replaceChildren(...items)
}

export function billRow(bill: LatestBill, words: DOMStringMap): HTMLTableRowElement {
  const row = document.createElement('tr')
  const head = document.createElement('th')
  head.scope = 'row'
  head.className = 'code'
  const link = document.createElement('a')
  link.href = `/bills/${bill.path}`
  link.textContent = bill.number
  head.append(link)
  const chip = document.createElement('span')
  chip.className = bill.status === 'completed' ? 'chip ok' : bill.status === 'processing' ? 'chip look' : 'chip'
  const names: Record<string, string | undefined> = {
    new: words.statusNew,
    processing: words.statusProcessing,
    completed: words.statusCompleted,
  }
  chip.textContent = names[bill.status] ?? bill.status
  const time = document.createElement('time')
  time.textContent = bill.created_at
  row.append(
    head,
    cell('', chip),
    cell('n', `${bill.parents} / ${bill.capacity}`),
    cell('n', `${bill.percent}%`),
    cell('', time),
  )
  return row
}

export function ownRow(scan: OwnScan, words: Record<string, string>): HTMLTableRowElement {
  const time = document.createElement('time')
  time.textContent = scan.time
  const row = document.createElement('tr')
  row.append(cell('', time), cell('code', codeLink('/lookup?q=', scan.code)), cell('', outcomeChip(scan.outcome, words)))
  return row
}
