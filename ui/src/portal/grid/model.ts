// The rows of the stock, and what a view shows of them.
//
// Each value of a column is held once; a search looks at values, and rows are only counted through. A hundred thousand rows
// are filtered, counted and added up in a few milliseconds. Invariant: the server finds the same rows in the same order
// (crates/portal/rules/src/view.rs).
import { COLUMNS, FILTERS, kindOf, type Column, type Filter } from './columns'
import { shownDate, shownNumber, type Format } from './format'
import type { View } from './view'

interface Values {
  /** Each value once, as the server told it. */
  words: string[]
  /** For each row the place of its value. */
  at: Uint32Array
  /** What is shown of each value. */
  shown: string[]
  /** The same without its case. */
  folded: string[]
  /** The place of each value in order, made when it is first sorted by. */
  ranks: Uint32Array | null
}

export interface Choice {
  value: string
  rows: number
}

export interface Sum {
  unit: string
  amount: string
}

/** What a view shows. */
export interface Shown {
  rows: Uint32Array
  sums: Sum[]
  /** Which rows the search finds; null is all of them. */
  isFound: Uint8Array | null
  /** How many filters each row misses. */
  misses: Uint8Array
  /** The place of each value that is chosen. */
  wanted: Partial<Record<Filter, number>>
}

interface Told {
  words?: unknown
  at?: unknown
}

const MICROS = 1_000_000
const NO_DAY = '\uffff'

export function fold(text: string): string {
  return text.toLowerCase()
}

function orderOf(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

export class Stock {
  readonly rows: number
  private readonly values = new Map<Column, Values>()
  private readonly whole: Float64Array
  private readonly micros: Float64Array
  private orders = new Map<string, Uint32Array>()
  /** The last search, and which values it found: a longer one looks only among these. */
  private last: { needle: string; found: Map<Column, Uint8Array> } | null = null

  constructor(told: Record<string, Told>, rows: number, format: Format) {
    this.rows = rows
    for (const column of COLUMNS) {
      const { words, at } = told[column] ?? {}
      const list = Array.isArray(words) ? (words as string[]) : ['']
      const places = Array.isArray(at) && at.length === rows ? Uint32Array.from(at as number[]) : new Uint32Array(rows)
      this.values.set(column, { words: list, at: places, shown: [], folded: [], ranks: null })
    }
    const { words } = this.of('on_hand')
    this.whole = new Float64Array(words.length)
    this.micros = new Float64Array(words.length)
    words.forEach((word, n) => {
      const sign = word.startsWith('-') ? -1 : 1
      const [whole = '0', decimals = ''] = word.replace('-', '').split('.')
      this.whole[n] = sign * Number(whole)
      this.micros[n] = sign * Number(decimals.padEnd(6, '0').slice(0, 6))
    })
    this.write(format)
  }

  private of(column: Column): Values {
    return this.values.get(column)!
  }

  /** Writes numbers and dates another way. */
  write(format: Format): void {
    for (const [column, values] of this.values) {
      const kind = kindOf(column)
      const shown = (word: string) => (kind === 'number' ? shownNumber(word, format) : kind === 'date' ? shownDate(word, format) : word)
      values.shown = kind === 'text' ? values.words : values.words.map(shown)
      values.folded = kind === 'text' ? values.words.map(fold) : values.shown
    }
    this.last = null
  }

  shown(row: number, column: Column): string {
    const { shown, at } = this.of(column)
    return shown[at[row]!] ?? ''
  }

  word(row: number, column: Column): string {
    const { words, at } = this.of(column)
    return words[at[row]!] ?? ''
  }

  /** How many values a filter has in all. */
  valuesOf(filter: Filter): number {
    return this.of(filter).words.length
  }

  /** Every value of a filter, in order, with its rows of `shown`. What is chosen stays among them, with no rows if need be. */
  choices(shown: Shown, filter: Filter, chosen: string | undefined): Choice[] {
    const { words, folded } = this.of(filter)
    const counts = this.counts(shown, filter)
    const list: { value: string; rows: number; key: string }[] = []
    counts.forEach((rows, n) => {
      if (rows > 0) list.push({ value: words[n]!, rows, key: folded[n]! })
    })
    if (chosen !== undefined && !list.some(({ value }) => value === chosen)) list.push({ value: chosen, rows: 0, key: fold(chosen) })
    list.sort((one, other) => orderOf(one.key, other.key) || orderOf(one.value, other.value))
    return list.map(({ value, rows }) => ({ value, rows }))
  }

  /** The places of the values in order; equal ones share theirs. */
  private ranks(column: Column): Uint32Array {
    const values = this.of(column)
    if (values.ranks) return values.ranks
    const kind = kindOf(column)
    const keys = kind === 'number' ? values.words.map(Number) : kind === 'date' ? values.words.map((word) => word || NO_DAY) : values.folded
    const places = Uint32Array.from(values.words, (_, n) => n)
    const before = (one: number, other: number) => {
      const [a, b] = [keys[one]!, keys[other]!]
      return a < b ? -1 : a > b ? 1 : 0
    }
    places.sort(before)
    const ranks = new Uint32Array(places.length)
    let rank = 0
    places.forEach((place, n) => {
      if (n > 0 && before(places[n - 1]!, place) !== 0) rank += 1
      ranks[place] = rank
    })
    values.ranks = ranks
    return ranks
  }

  /** All rows in an order; rows that are equal in it stay as they were. */
  private order({ column, direction }: View['sort']): Uint32Array {
    const key = `${column} ${direction}`
    const known = this.orders.get(key)
    if (known) return known
    const [ranks, { at }] = [this.ranks(column), this.of(column)]
    let most = 0
    for (const rank of ranks) most = Math.max(most, rank)
    const rankOf = (row: number) => (direction === 'ascending' ? ranks[at[row]!]! : most - ranks[at[row]!]!)
    const begins = new Uint32Array(most + 2)
    for (let row = 0; row < this.rows; row += 1) begins[rankOf(row) + 1]! += 1
    for (let n = 1; n < begins.length; n += 1) begins[n]! += begins[n - 1]!
    const order = new Uint32Array(this.rows)
    for (let row = 0; row < this.rows; row += 1) order[begins[rankOf(row)]!++] = row
    this.orders.set(key, order)
    return order
  }

  /** Which values of each column hold a text; columns without any are left out. */
  private found(needle: string): Map<Column, Uint8Array> {
    if (this.last?.needle === needle) return this.last.found
    const before = this.last && this.last.needle && needle.includes(this.last.needle) ? this.last.found : null
    const hasLetter = /\p{Alphabetic}/u.test(needle)
    const found = new Map<Column, Uint8Array>()
    for (const [column, { folded }] of this.values) {
      if (hasLetter && kindOf(column) !== 'text') continue
      const among = before?.get(column)
      if (before && !among) continue
      const flags = new Uint8Array(folded.length)
      let hasAny = false
      for (let n = 0; n < folded.length; n += 1) {
        if (among && among[n] === 0) continue
        if (folded[n]!.includes(needle)) {
          flags[n] = 1
          hasAny = true
        }
      }
      if (hasAny) found.set(column, flags)
    }
    this.last = { needle, found }
    return found
  }

  /** Applies a view. The loops are plain: they run over all rows with each key. */
  apply(view: View): Shown {
    const isFound = this.foundRows(fold(view.search.trim()))
    const misses = new Uint8Array(this.rows)
    const wanted: Shown['wanted'] = {}
    for (const filter of FILTERS) {
      const value = view.filters[filter]
      if (value === undefined) continue
      const { at, words } = this.of(filter)
      const place = words.indexOf(value)
      wanted[filter] = place
      for (let row = 0; row < at.length; row += 1) if (at[row] !== place) misses[row]! += 1
    }
    const order = this.order(view.sort)
    const rows = new Uint32Array(this.rows)
    let n = 0
    for (let place = 0; place < order.length; place += 1) {
      const row = order[place]!
      if (isFound !== null && isFound[row] === 0) continue
      if (misses[row] !== 0) continue
      rows[n] = row
      n += 1
    }
    const shown = rows.subarray(0, n)
    return { rows: shown, isFound, misses, wanted, sums: this.sums(shown) }
  }

  /** Searches for what nobody types, so that the browser has made the loops quick before the first key. */
  warm(view: View): void {
    for (const search of ['\u0001', '\u0002', '\u0001\u0002']) this.apply({ ...view, search })
    this.last = null
  }

  /** Which rows hold a text in one of their columns; null is all of them. */
  private foundRows(needle: string): Uint8Array | null {
    if (!needle) return null
    const isFound = new Uint8Array(this.rows)
    for (const [column, flags] of this.found(needle)) {
      const { at } = this.of(column)
      for (let row = 0; row < at.length; row += 1) if (flags[at[row]!] === 1) isFound[row] = 1
    }
    return isFound
  }

  /** How many rows have each value of a filter, as far as the search and the other filters leave them. */
  private counts({ isFound, misses, wanted }: Shown, filter: Filter): Uint32Array {
    const { at, words } = this.of(filter)
    const counts = new Uint32Array(words.length)
    const own = wanted[filter]
    for (let row = 0; row < at.length; row += 1) {
      if (isFound !== null && isFound[row] === 0) continue
      const isMissed = own !== undefined && at[row] !== own ? 1 : 0
      if (misses[row]! - isMissed === 0) counts[at[row]!]! += 1
    }
    return counts
  }

  /** Sums of what is shown, by unit: pounds are not added to cases. Exact: whole units and millionths are added apart. */
  private sums(rows: Uint32Array): Sum[] {
    const [unit, amount] = [this.of('unit'), this.of('on_hand')]
    const whole = new Float64Array(unit.words.length)
    const micros = new Float64Array(unit.words.length)
    const isThere = new Uint8Array(unit.words.length)
    const [units, amounts] = [unit.at, amount.at]
    for (let n = 0; n < rows.length; n += 1) {
      const row = rows[n]!
      const u = units[row]!
      const a = amounts[row]!
      whole[u]! += this.whole[a]!
      micros[u]! += this.micros[a]!
      isThere[u] = 1
    }
    const list = unit.words.map((word, n) => ({ unit: word, n })).filter(({ n }) => isThere[n] === 1)
    list.sort((one, other) => orderOf(one.unit, other.unit))
    return list.map(({ unit: word, n }) => ({ unit: word, amount: plain(BigInt(whole[n]!) * BigInt(MICROS) + BigInt(micros[n]!)) }))
  }
}

function plain(micros: bigint): string {
  const size = micros < 0n ? -micros : micros
  const million = BigInt(MICROS)
  const decimals = (size % million).toString().padStart(6, '0').replace(/0+$/, '')
  return `${micros < 0n ? '-' : ''}${size / million}${decimals ? `.${decimals}` : ''}`
}

/** What a day of expiry means today: stock is good on the day itself. */
export function expiryOf(day: string, today: string, soonDays: number): 'expired' | 'soon' | 'good' {
  if (!day) return 'good'
  const daysLeft = daysUntil(day, today)
  return daysLeft < 0 ? 'expired' : daysLeft <= soonDays ? 'soon' : 'good'
}

export function daysUntil(day: string, today: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000)
}
