// @vitest-environment happy-dom
// Proves that the home page draws what the feed says, and never as markup.
import { describe, expect, it } from 'vitest'
import { barHeight, drawHours, fillHoursTable } from '../src/home/chart'
import { latestRow } from '../src/home/latest'

const hours = Array.from({ length: 24 }, (_, n) => ({ label: String(n).padStart(2, '0'), scans: n === 11 ? 123456 : n === 3 ? 1 : 0 }))

describe('the hours', () => {
  it('have_a_bar_each_the_tallest_marked_and_a_single_scan_still_seen', () => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    drawHours(svg, hours)
    expect(svg.querySelectorAll('rect')).toHaveLength(24)
    expect(svg.querySelectorAll('.bar-top')).toHaveLength(1)
    expect(svg.querySelectorAll('[style]')).toHaveLength(0)
    expect([barHeight(0, 10), barHeight(1, 100_000), barHeight(10, 10), barHeight(0, 0)]).toEqual([0, 3, 137, 0])
  })

  it('stand_in_a_table_too_in_indian_grouping', () => {
    const table = document.createElement('table')
    fillHoursTable(table, hours)
    const rows = table.querySelectorAll('tbody tr')
    expect(rows).toHaveLength(24)
    expect(rows[11]?.textContent).toBe('111,23,456')
  })
})

describe('the newest scans', () => {
  it('show_a_code_as_text_with_a_link_to_its_bag_and_the_outcome_in_words', () => {
    const scan = { time: '11:40:07', code: '<b>&', parent: null, outcome: 'duplicate', person: 'arjun' }
    const row = latestRow(scan, { 'outcome-duplicate': 'Already scanned' })
    expect(row.querySelector('b')).toBeNull()
    expect(row.querySelector('a')?.getAttribute('href')).toContain('/lookup?q=%3Cb%3E%26')
    expect(row.querySelector('.chip.stop')?.textContent).toBe('Already scanned')
    expect(row.querySelectorAll('td')).toHaveLength(6)
  })
})
