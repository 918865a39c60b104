// What a customer has chosen to see: a search, filters, an order and columns. It can be kept, sent to the server, and put
// into a link.
//
// Invariant: whatever is read from a store or a link and is no view is as if nothing was chosen.
import { COLUMNS, FILTERS, isColumn, type Column, type Filter } from './columns'

export interface View {
  search: string
  filters: Partial<Record<Filter, string>>
  sort: { column: Column; direction: 'ascending' | 'descending' }
  columns: Column[]
}

const TEXT_CHARS_MAX = 200

export function emptyView(): View {
  return { search: '', filters: {}, sort: { column: 'part', direction: 'ascending' }, columns: [] }
}

function short(value: unknown): string {
  return typeof value === 'string' ? [...value].slice(0, TEXT_CHARS_MAX).join('') : ''
}

/** A view of anything that may be one. */
export function readView(value: unknown): View {
  const view = emptyView()
  if (typeof value !== 'object' || value === null) return view
  const given = value as Record<string, unknown>
  view.search = short(given.search)
  const filters = given.filters
  if (typeof filters === 'object' && filters !== null) {
    for (const filter of FILTERS) {
      const chosen = (filters as Record<string, unknown>)[filter]
      if (typeof chosen === 'string') view.filters[filter] = short(chosen)
    }
  }
  const sort = given.sort as Record<string, unknown> | undefined
  if (sort && isColumn(sort.column)) {
    view.sort = { column: sort.column, direction: sort.direction === 'descending' ? 'descending' : 'ascending' }
  }
  if (Array.isArray(given.columns)) view.columns = COLUMNS.filter((column) => (given.columns as unknown[]).includes(column))
  return view
}

/** The view of a link, or null where the address says nothing of one. */
export function viewOfLink(query: URLSearchParams): View | null {
  const names = ['search', 'sort', 'direction', 'columns', ...FILTERS]
  if (!names.some((name) => query.has(name))) return null
  const filters = Object.fromEntries(FILTERS.filter((filter) => query.has(filter)).map((filter) => [filter, query.get(filter)]))
  const sort = { column: query.get('sort') ?? 'part', direction: query.get('direction') }
  return readView({ search: query.get('search') ?? '', filters, sort, columns: query.get('columns')?.split(',') ?? [] })
}

export function linkOf(view: View, address: string): string {
  const query = new URLSearchParams()
  if (view.search) query.set('search', view.search)
  for (const [filter, chosen] of Object.entries(view.filters)) query.set(filter, chosen)
  query.set('sort', view.sort.column)
  if (view.sort.direction === 'descending') query.set('direction', 'descending')
  if (view.columns.length) query.set('columns', view.columns.join(','))
  return `${address}?${query}`
}
