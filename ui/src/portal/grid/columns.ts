// The columns of the stock, in their order, and what is in each. The server has the same (crates/portal/rules/src/column.rs).

export const COLUMNS = [
  'customer',
  'part',
  'customer_part',
  'description',
  'on_hand',
  'unit',
  'bin',
  'lot',
  'expires',
  'reference',
  'order',
  'status',
  'received',
  'moved',
] as const
export type Column = (typeof COLUMNS)[number]
export type Kind = 'text' | 'number' | 'date'

export const FILTERS = ['customer', 'part', 'bin', 'status'] as const
export type Filter = (typeof FILTERS)[number]

export function kindOf(column: Column): Kind {
  if (column === 'on_hand') return 'number'
  return column === 'expires' || column === 'received' || column === 'moved' ? 'date' : 'text'
}

export function isColumn(name: unknown): name is Column {
  return (COLUMNS as readonly unknown[]).includes(name)
}

/** What is shown unless somebody chooses: whose it is only where it may differ. */
export function usualColumns(isOfSeveral: boolean): Column[] {
  return COLUMNS.filter((column) => column !== 'customer_part' && (column !== 'customer' || isOfSeveral))
}
