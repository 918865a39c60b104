// Draws the scans of each hour or day as bars, and the same numbers as table rows for people who cannot see bars.
//
// Invariant: the tallest bar is the largest value; one with any scan at all is never invisible.

export interface Hour {
  label: string
  scans: number
}

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 608
const BASE_Y = 150
const TALLEST = 137
const LABEL_Y = 168
const LABELS_MAX = 12
const LETTER_WIDTH = 7.5

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const node = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value))
  return node
}

export function barHeight(scans: number, most: number): number {
  if (scans <= 0 || most <= 0) return 0
  return Math.max(3, Math.round((scans / most) * TALLEST))
}

/** Which bars get a label, chosen as the server chooses them: none that would overlap another or leave the picture. */
export function labelled(labels: readonly string[]): Set<number> {
  const step = WIDTH / Math.max(1, labels.length)
  const longest = Math.max(0, ...labels.map((label) => label.length)) * LETTER_WIDTH
  const half = longest / 2
  const few = labels.length <= LABELS_MAX
  const every = few ? 1 : Math.max(Math.ceil(labels.length / LABELS_MAX), Math.ceil(longest / step))
  const first = Math.min(every - 1, Math.max(0, Math.ceil(half / step - 0.5)))
  const fits = (index: number): boolean => index % every === first && (index + 0.5) * step + half <= WIDTH
  return new Set(Array.from(labels.keys()).filter(fits))
}

export function drawHours(svg: Element, hours: readonly Hour[]): void {
  const most = Math.max(0, ...hours.map(({ scans }) => scans))
  const step = WIDTH / Math.max(1, hours.length)
  const withLabel = labelled(hours.map(({ label }) => label))
  const parts: SVGElement[] = []
  hours.forEach(({ label, scans }, index) => {
    const height = barHeight(scans, most)
    const x = index * step
    const bar = shape('rect', {
      class: scans === most && most > 0 ? 'bar-top' : 'bar-hour',
      x: (x + step * 0.16).toFixed(1),
      y: BASE_Y - height,
      width: (step * 0.68).toFixed(1),
      height,
      rx: 3,
    })
    const title = shape('title', {})
    title.textContent = `${label}: ${scans.toLocaleString('en-IN')}`
    bar.append(title)
    parts.push(bar)
    if (!withLabel.has(index)) return
    const text = shape('text', { class: 'bar-label', x: (x + step / 2).toFixed(1), y: LABEL_Y, 'text-anchor': 'middle' })
    text.textContent = label
    parts.push(text)
  })
  parts.push(shape('line', { class: 'bar-base', x1: 0, x2: WIDTH, y1: BASE_Y + 0.5, y2: BASE_Y + 0.5 }))
  svg.setAttribute('viewBox', `0 0 ${WIDTH} 176`)
  svg.replaceChildren(...parts)
}

export function fillHoursTable(table: HTMLTableElement, hours: readonly Hour[]): void {
  const body = table.querySelector('tbody') ?? table.appendChild(document.createElement('tbody'))
  const rows = hours.map(({ label, scans }) => {
    const row = document.createElement('tr')
    const head = document.createElement('th')
    head.scope = 'row'
    head.textContent = label
    const cell = document.createElement('td')
    cell.className = 'n'
    cell.textContent = scans.toLocaleString('en-IN')
    row.append(head, cell)
    return row
  })
  body.replaceChildren(...rows)
}

/** Reads the numbers back from a table. */
export function readTable(table: HTMLTableElement): Hour[] {
  const text = (row: Element, nth: number): string => row.children[nth]?.textContent?.trim() ?? ''
  return Array.from(table.querySelectorAll('tbody tr'), (row) => ({
    label: text(row, 0),
    scans: Number(text(row, 1).replaceAll(',', '')) || 0,
  }))
}

/** The days with today's current scans; after midnight a new day is added and the oldest removed. */
export function withToday(days: readonly Hour[], today: string, scans: number): Hour[] {
  const last = days.at(-1)
  if (last?.label === today) return [...days.slice(0, -1), { label: today, scans }]
  return [...days.slice(1), { label: today, scans }]
}
