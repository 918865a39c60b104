// The page of the stock: it asks for the rows, shows what the view chooses of them, and keeps the view.
//
// Invariant: without an answer the page says so and goes on asking; it never says that there is no stock unless the server
// said so.
import { el, setText } from '../../engine/dom'
import { Calls } from './calls'
import { COLUMNS, FILTERS, usualColumns, type Column, type Filter } from './columns'
import { download } from './download'
import { shownNumber, USUAL, type Format } from './format'
import { Keeper } from './keep'
import { expiryOf, Stock, type Shown } from './model'
import { Table, type Looks } from './table'
import { openChooser } from './chooser'
import { setUpSaved } from './saved'
import { emptyView, readView, viewOfLink, type View } from './view'

const AGAIN_MS = 10_000
/** Nobody types so soon after the rows have come. */
const WARM_MS = 300
/** A list of choices that is longer is made only when somebody opens it. */
const CHOICES_AT_ONCE = 1_000

const page = document.querySelector<HTMLElement>('#stock')!
const of = <E extends HTMLElement>(selector: string) => page.querySelector<E>(selector)!
const dictionary = JSON.parse(page.dataset.words ?? '{}') as Record<string, string>
const kept = JSON.parse(page.dataset.choices ?? '{}') as { format?: Format; view?: unknown }
const canChange = page.dataset.csrf !== undefined
const calls = new Calls(page.dataset.csrf ?? '')
const keeper = new Keeper(canChange ? calls : null, page.dataset.account ?? '')

let format: Format = { ...USUAL, ...kept.format }
let view: View = viewOfLink(new URLSearchParams(location.search)) ?? keeper.ofTab() ?? readView(kept.view)
let stock: Stock | null = null
let shown: Shown | null = null
let told: { read?: string; today: string; soon_days: number; is_of_several: boolean; has_scope?: boolean; read_at?: string } = { today: '', soon_days: 0, is_of_several: false }
let timer = 0

function words(key: string, values: Record<string, string> = {}): string {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), dictionary[key] ?? key)
}

const search = of<HTMLInputElement>('#search')
const selects = new Map(FILTERS.map((filter) => [filter, of<HTMLSelectElement>(`#filter-${filter}`)] as const))
const table = new Table(of('#rows'), of<HTMLTableElement>('#rows table'), { sort: sortBy, open: openDetails })

function columns(): Column[] {
  return view.columns.length ? view.columns : usualColumns(told.is_of_several)
}

function looks(): Looks {
  return { words, today: told.today, soonDays: told.soon_days, columns: columns(), view }
}

/** Shows what the view chooses; `keepsPlace` leaves the table where it is. */
function refresh(keepsPlace = false): void {
  if (!stock) return
  shown = stock.apply(view)
  if (!keepsPlace) table.toTop()
  table.show(stock, shown, looks())
  setText(of('#count'), words('showing', { shown: shown.rows.length.toLocaleString('en-US'), all: stock.rows.toLocaleString('en-US') }))
  const sums = shown.sums.map(({ unit, amount }) => `${shownNumber(amount, format)} ${unit}`.trim())
  setText(of('#sums'), sums.join(' · '))
  of('#nothing').hidden = shown.rows.length > 0 || stock.rows === 0
  of('#no-stock').hidden = stock.rows > 0
  setText(of('#no-stock'), words(told.has_scope === false ? 'no-scope' : 'no-stock'))
  of('#rows').hidden = shown.rows.length === 0
  for (const button of page.querySelectorAll<HTMLButtonElement>('[data-export]')) button.disabled = shown.rows.length === 0
  fillChoices()
}

/** The choices of each filter are those that search and the other filters leave. */
function fillChoices(): void {
  of('label[for=filter-customer]').hidden = !told.is_of_several
  for (const [filter, select] of selects) {
    select.dataset.stale = 'true'
    showChosen(filter, select)
  }
  clearTimeout(timer)
  timer = setTimeout(() => {
    for (const [filter, select] of selects) if ((stock?.valuesOf(filter) ?? 0) <= CHOICES_AT_ONCE) fill(filter, select)
  }, 60) as unknown as number
}

function showChosen(filter: Filter, select: HTMLSelectElement): void {
  const chosen = view.filters[filter]
  if (chosen === undefined) select.selectedIndex = select.options.length ? 0 : -1
  else if (select.value !== `=${chosen}`) select.append(el('option', { value: `=${chosen}`, selected: true }, chosen))
}

function fill(filter: Filter, select: HTMLSelectElement): void {
  if (!stock || !shown || select.dataset.stale !== 'true') return
  delete select.dataset.stale
  const chosen = view.filters[filter]
  const options = stock.choices(shown, filter, chosen).map(({ value, rows }) =>
    el('option', { value: `=${value}`, selected: value === chosen }, `${value || words('without')} (${rows})`),
  )
  select.replaceChildren(el('option', { value: '' }, words(`all-${filter}`)), ...options)
  select.value = chosen === undefined ? '' : `=${chosen}`
}

function change(next: Partial<View>): void {
  view = { ...view, ...next }
  refresh()
  if (canChange) keeper.keep(view, format)
}

function sortBy(column: Column): void {
  const isSame = view.sort.column === column && view.sort.direction === 'ascending'
  change({ sort: { column, direction: isSame ? 'descending' : 'ascending' } })
}

function openDetails(row: number): void {
  if (!stock) return
  const dialog = of<HTMLDialogElement>('#details')
  const list = dialog.querySelector('dl')!
  const parts = COLUMNS.filter((column) => column !== 'customer_part' || stock!.word(row, column)).flatMap((column) => {
    const value = stock!.shown(row, column)
    const expiry = column === 'expires' ? expiryOf(stock!.word(row, column), told.today, told.soon_days) : 'good'
    const chip = expiry === 'good' ? '' : ` · ${words(expiry)}`
    return [el('dt', {}, words(`column-${column}`)), el('dd', {}, (value || '–') + chip)]
  })
  list.replaceChildren(...parts)
  dialog.showModal()
}

function say(key: string, values: Record<string, string> = {}): void {
  const notice = of('#standing')
  notice.hidden = key === ''
  setText(notice, key ? words(key, values) : '')
}

function timeOf(at: string | undefined): string {
  if (!at) return ''
  const when = new Date(at)
  const isToday = when.toDateString() === new Date().toDateString()
  const time = when.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  return isToday ? time : `${when.toLocaleDateString()} ${time}`
}

let isAsking = false
let isLate = false
let nextAsk = 0

async function ask(): Promise<void> {
  if (isAsking) return
  isAsking = true
  clearTimeout(nextAsk)
  page.setAttribute('aria-busy', 'true')
  const answer = await calls.send('GET', page.dataset.rows ?? '/inventory/api/rows')
  isAsking = false
  page.removeAttribute('aria-busy')
  of('#waiting').hidden = true
  const body = answer.status === 200 ? answer.body : null
  isLate = !body || typeof body.why === 'string'
  if (body && typeof body.rows === 'number') {
    told = body as unknown as typeof told
    stock = new Stock((body.columns ?? {}) as Record<string, object>, body.rows, format)
    refresh(true)
    setTimeout(() => stock?.warm(view), WARM_MS)
    setText(of('#as-of'), words('as-of', { time: timeOf(told.read_at) }))
    const missing = (body.missing as string[] | undefined) ?? []
    of('#missing').hidden = missing.length === 0
    setText(of('#missing'), words('missing', { names: missing.join(', ') }))
    of('#cut').hidden = body.is_cut !== true
  }
  if (!isLate) say('')
  else if (stock) say(body ? `late-${String(body.why)}` : 'late-network', { time: timeOf(told.read_at) })
  else say(body ? `none-${String(body.why)}` : 'none-network')
  // A page that nobody looks at asks nothing: it would keep a session alive that nobody uses.
  if (isLate) nextAsk = setTimeout(() => document.hidden || void ask(), AGAIN_MS) as unknown as number
}

function setUp(): void {
  if (location.search) history.replaceState(null, '', location.pathname)
  search.value = view.search
  search.addEventListener('input', () => change({ search: search.value }))
  for (const [filter, select] of selects) {
    select.append(el('option', { value: '' }, words(`all-${filter}`)))
    for (const kind of ['pointerdown', 'focus', 'keydown'] as const) select.addEventListener(kind, () => fill(filter, select))
    select.addEventListener('change', () => {
      const filters = { ...view.filters }
      if (select.value) filters[filter] = select.value.slice(1)
      else delete filters[filter]
      change({ filters })
    })
  }
  of('#reset').addEventListener('click', () => {
    search.value = ''
    change({ ...emptyView(), sort: view.sort, columns: view.columns })
    search.focus()
  })
  of('#refresh').addEventListener('click', () => void ask())
  for (const button of page.querySelectorAll<HTMLButtonElement>('[data-export]')) {
    button.addEventListener('click', () => void download(calls, button, { view: { ...view, columns: columns() }, read: told.read ?? '' }, words))
  }
  openChooser(of('#chooser'), { columns, words, format: () => format, change: chooseColumns, write: chooseFormat })
  if (canChange) setUpSaved(page, { calls, words, view: () => ({ ...view, columns: columns() }), show: showView })
  for (const button of page.querySelectorAll<HTMLElement>('dialog [data-close]')) {
    button.addEventListener('click', () => button.closest('dialog')?.close())
  }
  document.addEventListener('visibilitychange', () => {
    const age = told.read_at ? Date.now() - Date.parse(told.read_at) : 0
    if (!document.hidden && (isLate || age > 60_000)) void ask()
  })
}

function chooseColumns(chosen: Column[]): void {
  view = { ...view, columns: chosen }
  refresh(true)
  if (canChange) keeper.keep(view, format)
}

function chooseFormat(chosen: Format): void {
  format = chosen
  stock?.write(format)
  refresh(true)
  if (canChange) keeper.keep(view, format)
}

function showView(next: View): void {
  search.value = next.search
  change(next)
}

setUp()
void ask()
