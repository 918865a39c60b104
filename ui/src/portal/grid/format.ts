// Numbers and dates as a customer reads them.
//
// Invariant: the server writes the same (crates/portal/rules/src/format.rs), so that a search finds the same rows on both sides.

export const DATE_FORMATS = ['month_day_year', 'day_month_year', 'day_month_year_dots', 'year_month_day'] as const
export const NUMBER_FORMATS = ['comma_point', 'point_comma', 'indian'] as const

export interface Format {
  dates: (typeof DATE_FORMATS)[number]
  numbers: (typeof NUMBER_FORMATS)[number]
}

export const USUAL: Format = { dates: 'month_day_year', numbers: 'comma_point' }

/** A day such as `2026-11-30`; an empty text stays empty. */
export function shownDate(day: string, { dates }: Format): string {
  const [y, m, d] = day.split('-')
  if (!y || !m || !d) return ''
  if (dates === 'day_month_year') return `${d}/${m}/${y}`
  if (dates === 'day_month_year_dots') return `${d}.${m}.${y}`
  if (dates === 'year_month_day') return day
  return `${m}/${d}/${y}`
}

function grouped(digits: string, separator: string, wide: number): string {
  if (digits.length <= 3) return digits
  const groups: string[] = []
  let rest = digits.slice(0, -3)
  for (; rest.length > wide; rest = rest.slice(0, -wide)) groups.unshift(rest.slice(-wide))
  return [rest, ...groups, digits.slice(-3)].join(separator)
}

/** A plain decimal number such as `1234.567`, with two decimals, rounded half away from zero. */
export function shownNumber(plain: string, { numbers }: Format): string {
  const isNegative = plain.startsWith('-')
  const [whole = '0', decimals = ''] = (isNegative ? plain.slice(1) : plain).split('.')
  const micros = decimals.padEnd(6, '0').slice(0, 6)
  let hundredths = BigInt(whole + micros.slice(0, 2))
  if (micros[2]! >= '5') hundredths += 1n
  const text = hundredths.toString().padStart(3, '0')
  const sign = isNegative && hundredths > 0n ? '-' : ''
  const [separator, point, wide] = numbers === 'point_comma' ? ['.', ',', 3] as const : numbers === 'indian' ? [',', '.', 2] as const : [',', '.', 3] as const
  return `${sign}${grouped(text.slice(0, -2), separator, wide)}${point}${text.slice(-2)}`
}
