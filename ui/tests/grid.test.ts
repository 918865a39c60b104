// The stock in the browser shows the same rows in the same order as the server's files, and is quick enough for a key.
import { describe, expect, it } from 'vitest'
import { shownDate, shownNumber } from '../src/portal/grid/format'
import { expiryOf, Stock } from '../src/portal/grid/model'
import { emptyView, linkOf, readView, viewOfLink } from '../src/portal/grid/view'

const USUAL = { dates: 'month_day_year', numbers: 'comma_point' } as const

function packed(rows: Record<string, string>[]) {
  const names = ['customer', 'part', 'customer_part', 'description', 'on_hand', 'unit', 'bin', 'lot', 'expires', 'reference', 'order', 'status', 'received', 'moved']
  const columns: Record<string, { words: string[]; at: number[] }> = {}
  for (const name of names) {
    const places = new Map<string, number>()
    const at = rows.map((row) => {
      const word = row[name] ?? ''
      if (!places.has(word)) places.set(word, places.size)
      return places.get(word)!
    })
    columns[name] = { words: [...places.keys()], at }
  }
  return new Stock(columns, rows.length, USUAL)
}

const STOCK = packed([
  { part: 'b-2', on_hand: '10', unit: 'EA', bin: 'A', status: 'Available', expires: '2027-01-05', lot: '12E4' },
  { part: 'A-1', on_hand: '9.5', unit: 'LB', bin: 'A', status: 'Quarantined', lot: 'L%1' },
  { part: 'a-1', on_hand: '1234.5', unit: 'EA', bin: 'B', status: 'Available', expires: '2026-12-01' },
])
const parts = (view: ReturnType<typeof emptyView>) => [...STOCK.apply(view).rows].map((row) => STOCK.word(row, 'part'))

describe('numbers and dates', () => {
  it('are written as the server writes them', () => {
    const number = (numbers: 'comma_point' | 'point_comma' | 'indian') => shownNumber('1234567.495', { ...USUAL, numbers })
    expect([number('comma_point'), number('point_comma'), number('indian')]).toEqual(['1,234,567.50', '1.234.567,50', '12,34,567.50'])
    expect(['0', '-0.000001', '-0.005', '999.995'].map((one) => shownNumber(one, USUAL))).toEqual(['0.00', '0.00', '-0.01', '1,000.00'])
    const date = (dates: 'month_day_year' | 'day_month_year' | 'day_month_year_dots' | 'year_month_day') => shownDate('2026-03-09', { ...USUAL, dates })
    expect([date('month_day_year'), date('day_month_year'), date('day_month_year_dots'), date('year_month_day')]).toEqual(['03/09/2026', '09/03/2026', '09.03.2026', '2026-03-09'])
  })
})

describe('a view', () => {
  it('sorts texts without their case, numbers by size, days by time, and equal rows stay as they were', () => {
    const by = (column: 'part' | 'on_hand' | 'expires', direction: 'ascending' | 'descending' = 'ascending') => parts({ ...emptyView(), sort: { column, direction } })
    expect(by('part')).toEqual(['A-1', 'a-1', 'b-2'])
    expect(by('part', 'descending')).toEqual(['b-2', 'A-1', 'a-1'])
    expect(by('on_hand')).toEqual(['A-1', 'b-2', 'a-1'])
    expect(by('expires')).toEqual(['a-1', 'b-2', 'A-1'])
  })

  it('searches what is shown, and takes a text as it stands', () => {
    const of = (search: string) => parts({ ...emptyView(), search })
    expect(of('A-1 ')).toEqual(['A-1', 'a-1'])
    expect(of('1,234.50')).toEqual(['a-1'])
    expect(of('12/01')).toEqual(['a-1'])
    expect(of('%')).toEqual(['A-1'])
    expect(of('12e4')).toEqual(['b-2'])
    expect(of('none')).toEqual([])
    expect(of('')).toHaveLength(3)
  })

  it('has choices that follow the other filters, and keeps what is chosen', () => {
    const view = { ...emptyView(), filters: { bin: 'A', status: 'Available' } }
    const shown = STOCK.apply(view)
    expect([...shown.rows]).toEqual([0])
    expect(STOCK.choices(shown, 'bin', 'A')).toEqual([{ value: 'A', rows: 1 }, { value: 'B', rows: 1 }])
    expect(STOCK.choices(shown, 'status', 'Available').map(({ value }) => value)).toEqual(['Available', 'Quarantined'])
    const none = STOCK.apply({ ...view, search: 'nothing' })
    expect(STOCK.choices(none, 'bin', 'A')).toEqual([{ value: 'A', rows: 0 }])
  })

  it('adds up what is shown by unit', () => {
    expect(STOCK.apply(emptyView()).sums).toEqual([{ unit: 'EA', amount: '1244.5' }, { unit: 'LB', amount: '9.5' }])
  })

  it('is a link and comes back from it, and whatever is no view chooses nothing', () => {
    const view = readView({ search: 'a&b', filters: { bin: 'A|1', colour: 'red' }, sort: { column: 'moved', direction: 'descending' }, columns: ['lot', 'part', 'x'] })
    expect(viewOfLink(new URL(linkOf(view, 'https://site.example/inventory')).searchParams)).toEqual(view)
    expect(view.columns).toEqual(['part', 'lot'])
    for (const damaged of [null, 7, 'x', { sort: { column: 'x' } }, { filters: [] }]) expect(readView(damaged)).toEqual(emptyView())
    expect(viewOfLink(new URLSearchParams('utm=1'))).toBeNull()
  })
})

describe('expiry', () => {
  it('leaves stock good on its last day', () => {
    const of = (day: string) => expiryOf(day, '2026-11-30', 30)
    expect(['2026-11-29', '2026-11-30', '2026-12-30', '2026-12-31', ''].map(of)).toEqual(['expired', 'soon', 'soon', 'good', 'good'])
  })
})

describe('a hundred thousand rows', () => {
  it('are searched for each key in less than a frame', () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => ({
      customer: `Customer ${n % 12}`,
      part: `P-${n % 4000}`,
      description: `Product ${n % 900}`,
      on_hand: String(n % 5000),
      unit: ['EA', 'CS', 'LB'][n % 3]!,
      bin: `A-${n % 300}`,
      lot: `L${n}`,
      expires: `2027-${String((n % 12) + 1).padStart(2, '0')}-${String((n % 28) + 1).padStart(2, '0')}`,
      order: `PO-${n % 30_000}`,
      status: 'Available',
    }))
    const stock = packed(rows)
    stock.apply(emptyView())
    stock.warm(emptyView())
    // The time of the processor, not that of the clock: other work on the same machine is none of ours.
    const times = ['l', 'l9', 'l99', 'l999', 'l9', 'p', 'p-', 'p-3', 'p-39'].map((search) => {
      const before = process.cpuUsage()
      stock.apply({ ...emptyView(), search })
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    })
    console.log('ms a key:', times.map((time) => time.toFixed(1)).join(' '))
    const middle = [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)]!
    expect(middle).toBeLessThan(16)
  }, 60_000)
})
