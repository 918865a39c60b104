// Keeps the home page up to date while it is open: the numbers, the hours and the newest scans follow the
// server's live feed.
//
// Invariant: if the feed is lost the page says so at once, and keeps the last numbers it received, never zero.
import { Feed } from '../../engine/feed'
import { drawHours, fillHoursTable, readTable, withToday, type Hour } from './chart'
import { labelCells, latestRow, type Latest } from './latest'
import { billRow, fillAreas, ownRow, type AreaBar, type LatestBill, type OwnScan } from './lists'

interface Stats {
  hours?: Hour[]
  latest?: Latest[]
  areas?: AreaBar[]
  latest_bills?: LatestBill[]
  mine?: OwnScan[]
  day?: string
  scans_today?: number
  [name: string]: unknown
}

const LATEST_SHOWN_MAX = 50

async function loadWords(): Promise<Record<string, string>> {
  const source = document.querySelector<HTMLElement>('[data-phrases]')?.dataset.phrases ?? ''
  try {
    if (source.startsWith('{')) return JSON.parse(source) as Record<string, string>
    if (source === '') return {}
    const response = await fetch(source, { credentials: 'same-origin' })
    return response.ok ? ((await response.json()) as Record<string, string>) : {}
  } catch {
    return {}
  }
}

function showLive(isLive: boolean): void {
  const chip = document.getElementById('live')
  if (!chip) return
  chip.hidden = false
  chip.className = `${chip.className.replace(/\b(ok|look)\b/g, '').trim()} ${isLive ? 'ok' : 'look'}`.replace(/\s+/g, ' ')
  const text = (isLive ? chip.dataset.live : chip.dataset.late) ?? ''
  if (chip.textContent !== text) chip.textContent = text
}

function showNumbers(stats: Stats): void {
  for (const node of document.querySelectorAll<HTMLElement>('[data-stat]')) {
    const value = stats[node.dataset.stat ?? '']
    if (typeof value !== 'number') continue
    const text = value.toLocaleString('en-IN')
    if (node.textContent !== text) node.textContent = text
  }
}

function showStats(stats: Stats, words: Record<string, string>): void {
  showNumbers(stats)
  const chart = document.getElementById('hours-chart')
  const table = document.getElementById('hours-table')
  if (stats.hours && chart) drawHours(chart, stats.hours)
  if (stats.hours && table instanceof HTMLTableElement) fillHoursTable(table, stats.hours)
  showDays(stats)
  const areas = document.getElementById('areas')
  if (stats.areas && stats.areas.length > 0 && areas) fillAreas(areas, stats.areas)
  showRows('latest', stats.latest, (scan) => latestRow(scan, words))
  showRows('mine', stats.mine, (scan) => ownRow(scan, words))
  const bills = document.getElementById('latest-bills')
  if (bills) showRows('latest-bills', stats.latest_bills, (bill) => billRow(bill, bills.dataset))
}

/** Today's bar grows; the days before stay as the page has them. */
function showDays({ day, scans_today: scans }: Stats): void {
  const chart = document.getElementById('activity-chart')
  const table = document.getElementById('activity-table')
  if (day === undefined || scans === undefined || !chart || !(table instanceof HTMLTableElement)) return
  const was = readTable(table)
  const last = was.at(-1)
  if (!last || (last.label === day && last.scans === scans)) return
  const days = withToday(was, day, scans)
  drawHours(chart, days)
  fillHoursTable(table, days)
}

function showRows<T>(id: string, found: readonly T[] | undefined, row: (one: T) => HTMLTableRowElement): void {
  const body = document.getElementById(id)
  if (!found || found.length === 0 || !body) return
  // New rows must not take the focus from a link that somebody reached by keyboard.
  if (body.contains(document.activeElement)) return
  const rows = found.slice(0, LATEST_SHOWN_MAX).map(row)
  labelCells(rows, body.closest('table'))
  body.replaceChildren(...rows)
}

function follow(words: Record<string, string>): void {
  const feed = new Feed(document.body.dataset.person ?? '', ['stats'], {
    live: showLive,
    came: (_name, data) => {
      try {
        showStats(JSON.parse(data) as Stats, words)
        showLive(true)
      } catch {
        showLive(false)
      }
    },
  })
  feed.start()
}

void loadWords().then(follow)
