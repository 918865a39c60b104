// The rows on screen: only those that are in sight are in the page, however many there are. On a phone each row is a card.
//
// Invariant: the table says how many rows there are and which one each is, and can be used by keys alone.
import { el } from '../../engine/dom'
import { kindOf, type Column } from './columns'
import { daysUntil, expiryOf, type Shown, type Stock } from './model'
import type { View } from './view'

const ROW_PX = 44
const CARD_PX = 148
/** Rows beyond the edges of what is in sight, so that a small scroll shows no gap. */
const MORE = 8

export interface Looks {
  words: (key: string, values?: Record<string, string>) => string
  today: string
  soonDays: number
  columns: Column[]
  view: View
}

export interface Handlers {
  sort: (column: Column) => void
  open: (row: number) => void
}

export class Table {
  private shown: Shown | null = null
  private stock: Stock | null = null
  private looks: Looks | null = null
  /** The row that the keys are at, as its place among those that are shown. */
  private current = 0
  private drawn = ''
  private readonly phone = matchMedia('(max-width: 760px)')

  constructor(
    private readonly box: HTMLElement,
    private readonly table: HTMLTableElement,
    private readonly handlers: Handlers,
  ) {
    box.addEventListener('scroll', () => this.draw(), { passive: true })
    table.addEventListener('keydown', (event) => this.onKey(event))
    table.addEventListener('click', (event) => this.onClick(event))
    new ResizeObserver(() => this.draw()).observe(box)
    this.phone.addEventListener('change', () => this.redraw())
  }

  private get rowPx(): number {
    return this.phone.matches ? CARD_PX : ROW_PX
  }

  show(stock: Stock, shown: Shown, looks: Looks): void {
    const isOther = this.shown !== shown
    this.stock = stock
    this.shown = shown
    this.looks = looks
    if (isOther) {
      this.current = Math.min(this.current, Math.max(0, shown.rows.length - 1))
      if (this.box.scrollTop > shown.rows.length * this.rowPx) this.box.scrollTop = 0
    }
    this.drawHead()
    this.redraw()
  }

  toTop(): void {
    this.box.scrollTop = 0
    this.current = 0
  }

  private redraw(): void {
    this.drawn = ''
    this.draw()
  }

  private drawHead(): void {
    const looks = this.looks
    if (!looks) return
    const cells = looks.columns.map((column) => {
      const isSorted = looks.view.sort.column === column
      const button = el('button', { type: 'button', 'data-sort': column }, looks.words(`column-${column}`))
      if (isSorted) button.append(el('span', { 'aria-hidden': 'true' }, looks.view.sort.direction === 'ascending' ? ' ▲' : ' ▼'))
      return el('th', { scope: 'col', class: `of-${column}`, 'aria-sort': isSorted ? looks.view.sort.direction : undefined }, button)
    })
    const head = this.table.tHead ?? this.table.createTHead()
    const focused = head.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.sort : undefined
    head.replaceChildren(el('tr', { 'aria-rowindex': '1' }, ...cells))
    if (focused) head.querySelector<HTMLElement>(`[data-sort="${focused}"]`)?.focus()
  }

  private draw(): void {
    const { shown, stock, looks } = this
    if (!shown || !stock || !looks) return
    const n = shown.rows.length
    const first = Math.max(0, Math.floor(this.box.scrollTop / this.rowPx) - MORE)
    const end = Math.min(n, Math.ceil((this.box.scrollTop + this.box.clientHeight) / this.rowPx) + MORE)
    const key = `${first} ${end} ${n} ${this.rowPx}`
    if (key === this.drawn) return
    this.drawn = key
    const body = this.table.tBodies[0] ?? this.table.createTBody()
    const hadFocus = body.contains(document.activeElement)
    const rows: Node[] = [this.space(first)]
    for (let place = first; place < end; place += 1) rows.push(this.row(place, shown.rows[place]!))
    rows.push(this.space(n - end))
    body.replaceChildren(...rows)
    this.table.setAttribute('aria-rowcount', String(n + 1))
    this.table.setAttribute('aria-colcount', String(looks.columns.length))
    if (hadFocus) this.rowAt(this.current)?.focus({ preventScroll: true })
  }

  private space(rows: number): HTMLTableRowElement {
    const cell = el('td', { colspan: String(this.looks?.columns.length ?? 1) })
    cell.style.height = `${rows * this.rowPx}px`
    return el('tr', { class: 'space', 'aria-hidden': 'true', hidden: rows === 0 }, cell)
  }

  private row(place: number, row: number): HTMLTableRowElement {
    const { columns } = this.looks!
    const isAny = this.current >= 0 && this.current < (this.shown?.rows.length ?? 0)
    const tabindex = place === (isAny ? this.current : 0) ? '0' : '-1'
    return el(
      'tr',
      { 'aria-rowindex': String(place + 2), 'data-place': String(place), tabindex },
      ...columns.map((column) => this.cell(row, column)),
    )
  }

  private cell(row: number, column: Column): HTMLTableCellElement {
    const { words, today, soonDays } = this.looks!
    const shown = this.stock!.shown(row, column)
    const cell = el('td', { class: `of-${column}${kindOf(column) === 'text' ? '' : ' num'}`, 'data-label': words(`column-${column}`) }, shown)
    if (column === 'description') cell.title = shown
    if (column !== 'expires') return cell
    const day = this.stock!.word(row, 'expires')
    const expiry = expiryOf(day, today, soonDays)
    if (expiry === 'good') return cell
    const said = expiry === 'expired' ? words('expired') : words('expires-in', { n: String(daysUntil(day, today)) })
    cell.append(' ', el('span', { class: `chip ${expiry === 'expired' ? 'stop' : 'look'}` }, said))
    return cell
  }

  private rowAt(place: number): HTMLTableRowElement | null {
    return this.table.querySelector(`tr[data-place="${place}"]`)
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element
    const sort = target.closest<HTMLElement>('[data-sort]')?.dataset.sort
    if (sort) return this.handlers.sort(sort as Column)
    const place = target.closest<HTMLElement>('tr[data-place]')?.dataset.place
    // Whoever marks a text to copy it does not want the details.
    if (place === undefined || !this.shown || String(getSelection()).length > 0) return
    this.moveTo(Number(place))
    this.handlers.open(this.shown.rows[Number(place)]!)
  }

  private onKey(event: KeyboardEvent): void {
    const place = (event.target as Element).closest<HTMLElement>('tr[data-place]')?.dataset.place
    if (place === undefined || !this.shown || event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.rowPx) - 2)
    const last = this.shown.rows.length - 1
    const steps: Record<string, number> = {
      ArrowDown: this.current + 1,
      ArrowUp: this.current - 1,
      PageDown: this.current + page,
      PageUp: this.current - page,
      Home: 0,
      End: last,
    }
    const to = steps[event.key]
    if (to !== undefined) {
      event.preventDefault()
      this.moveTo(Math.max(0, Math.min(last, to)))
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      this.handlers.open(this.shown.rows[this.current]!)
    }
  }

  private moveTo(place: number): void {
    this.current = place
    const [top, height] = [place * this.rowPx, this.box.clientHeight]
    const head = this.phone.matches ? 0 : ROW_PX
    if (top < this.box.scrollTop) this.box.scrollTop = top
    else if (top + this.rowPx + head > this.box.scrollTop + height) this.box.scrollTop = top + this.rowPx + head - height
    this.redraw()
    this.rowAt(place)?.focus({ preventScroll: true })
  }
}
