// Draws the scans of each hour or day as bars on a scale, and the same numbers as table rows for people who cannot see bars.
// The server draws the same when it makes the page (`crates/base/web/src/report/picture.rs`); `ui/tests/chart.json` holds
// figures for both.
//
// Invariant: one with any scan at all is never invisible, and the largest is always written out.

export interface Hour {
  label: string
  scans: number
}

const SVG = 'http://www.w3.org/2000/svg'
const BASE_Y = 172
const TALL = 148
const HEIGHT_MIN = 2
const LABEL_Y = 190
const WIDE = 536
const NARROW = 240
const LETTER = 7
const GAP = 6
const EDGE = 16
const LETTERS_WHOLE = 8
const LETTERS_MIN = 6
const SLOTS_MIN = 6
const STEPS_MAX = 4

export interface Text {
  text: string
  class: string
  x: string
  y: string
  anchor: string
}

export interface Drawing {
  ticks: { y: string; shown: string }[]
  bars: { x: string; y: string; width: string; height: string; isTop: boolean }[]
  texts: Text[]
}

function shown(n: number): string {
  return n.toLocaleString('en-IN')
}

/** Zero and up to four round numbers above it. */
export function scale(most: number): number[] {
  if (most <= 0) return []
  let step = 1
  for (let at = 0; Math.ceil(most / step) > STEPS_MAX; at += 1) step *= at % 3 === 1 ? 2.5 : 2
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step)
}

/** Which bars have a label in so much width, and what is written there. */
function labelled(labels: readonly string[], width: number): (string | null)[] {
  const step = width / Math.max(1, labels.length)
  const letters = Math.max(0, ...labels.map((label) => label.length))
  const needed = (letters <= LETTERS_WHOLE ? letters : LETTERS_MIN) * LETTER + GAP
  const every = Math.max(1, Math.ceil(needed / step))
  const lettersMax = Math.max(1, Math.floor((step * every - GAP) / LETTER))
  const half = (Math.min(letters, lettersMax) * LETTER) / 2
  const first = Math.min(every - 1, Math.max(0, Math.ceil((half - EDGE) / step - 0.5)))
  return labels.map((label, at) => {
    if (at % every !== first || (at + 0.5) * step + half > width + EDGE) return null
    return label.length <= lettersMax ? label : `${label.slice(0, lettersMax - 1).trimEnd()}…`
  })
}

function labelTexts(labels: readonly string[]): Text[] {
  const wide = labelled(labels, WIDE)
  const narrow = labelled(labels, NARROW)
  const texts: Text[] = []
  labels.forEach((_, at) => {
    const x = (((at + 0.5) * 100) / labels.length).toFixed(2)
    const add = (text: string | null | undefined, where: string): void => {
      if (text != null) texts.push({ text, class: `bar-label${where}`, x, y: String(LABEL_Y), anchor: 'middle' })
    }
    if (wide[at] === narrow[at]) add(wide[at], '')
    else {
      add(wide[at], ' wide')
      add(narrow[at], ' narrow')
    }
  })
  return texts
}

/** All values where there is room for each, otherwise the highest. */
function valueTexts(bars: Drawing['bars'], values: readonly string[]): Text[] {
  const count = Math.max(1, values.length)
  const widest = Math.max(0, ...values.map((value) => value.length)) * LETTER
  const inWide = widest + GAP <= WIDE / count
  const inNarrow = widest + GAP <= NARROW / count
  const texts: Text[] = []
  bars.forEach((bar, at) => {
    if (!inWide && !bar.isTop) return
    const middle = (at + 0.5) / count
    let anchor = 'middle'
    let x = middle * 100
    if (!inNarrow && middle < 0.12) [anchor, x] = ['start', (at * 100) / count]
    else if (!inNarrow && middle > 0.88) [anchor, x] = ['end', ((at + 1) * 100) / count]
    const where = inNarrow || bar.isTop ? '' : ' wide'
    texts.push({ text: values[at] ?? '', class: `bar-value${where}`, x: x.toFixed(2), y: String(Number(bar.y) - 5), anchor })
  })
  return texts
}

/** What is drawn, before it is. */
export function drawing(hours: readonly Hour[]): Drawing {
  const most = Math.max(0, ...hours.map(({ scans }) => scans))
  const numbers = scale(most)
  const top = numbers.at(-1) ?? 0
  const slot = 100 / Math.max(1, hours.length)
  const width = (slot * 0.68 * Math.min(Math.max(1, hours.length), SLOTS_MIN)) / SLOTS_MIN
  const highest = hours.findIndex(({ scans }) => scans === most && most > 0)
  const bars = hours.map(({ scans }, at) => {
    const height = scans > 0 ? Math.min(TALL, Math.max(HEIGHT_MIN, Math.round((scans / top) * TALL))) : 0
    const x = (at * slot + (slot - width) / 2).toFixed(2)
    return { x, y: String(BASE_Y - height), width: width.toFixed(2), height: String(height), isTop: at === highest }
  })
  if (top === 0) return { ticks: [], bars, texts: [] }
  const ticks = numbers.map((value) => ({ y: (BASE_Y - (value / top) * TALL).toFixed(1), shown: shown(value) }))
  const texts = [...labelTexts(hours.map(({ label }) => label)), ...valueTexts(bars, hours.map(({ scans }) => shown(scans)))]
  return { ticks, bars, texts }
}

function shape(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const node = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value))
  if (text !== undefined) node.textContent = text
  return node
}

/** Room for the numbers of the scale. */
function gutter(letters: number): string {
  if (letters <= 3) return 'near'
  return letters <= 6 ? 'middle' : 'far'
}

/** The sentences about the highest bar and about the last, in the words that the server gave. */
export function sentences(box: HTMLElement, hours: readonly Hour[]): string {
  const most = Math.max(0, ...hours.map(({ scans }) => scans))
  const highest = hours.find(({ scans }) => scans === most)
  const last = hours.at(-1)
  const said = (pattern: string | undefined, { label, scans }: Hour): string =>
    (pattern ?? '').replaceAll('{label}', label).replaceAll('{value}', shown(scans))
  const all = [highest && said(box.dataset.most, highest), last && said(box.dataset.latest, last)]
  return most > 0 ? all.filter((words) => words).join(' · ') : ''
}

export function drawHours(box: HTMLElement, hours: readonly Hour[]): void {
  const svg = box.querySelector('svg')
  if (!svg) return
  const { ticks, bars, texts } = drawing(hours)
  const parts: SVGElement[] = []
  ticks.forEach(({ y, shown: number }, at) => {
    parts.push(shape('line', { class: at === 0 ? 'bar-base' : 'bar-tick', x1: 0, x2: '100%', y1: y, y2: y }))
    parts.push(shape('text', { class: 'bar-number', x: -8, y, dy: 4, 'text-anchor': 'end' }, number))
  })
  bars.forEach(({ x, y, width, height, isTop }, at) => {
    const bar = shape('rect', { class: isTop ? 'bar-top' : 'bar-hour', x: `${x}%`, y, width: `${width}%`, height, rx: 2 })
    const { label = '', scans = 0 } = hours[at] ?? {}
    bar.append(shape('title', {}, `${label}: ${shown(scans)}`))
    parts.push(bar)
  })
  for (const { text, x, y, anchor, ...rest } of texts) {
    parts.push(shape('text', { class: rest.class, x: `${x}%`, y, 'text-anchor': anchor }, text))
  }
  svg.setAttribute('class', `chart ${gutter(Math.max(0, ...ticks.map((tick) => tick.shown.length)))}`)
  svg.replaceChildren(...parts)
  box.classList.toggle('none', ticks.length === 0)
  const caption = box.querySelector('figcaption')
  if (caption) caption.textContent = sentences(box, hours)
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
    cell.textContent = shown(scans)
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
