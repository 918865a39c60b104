// @vitest-environment happy-dom
// Proves that the home page draws what the feed says, and never as markup.
import { describe, expect, it } from 'vitest'
import { drawHours, drawing, fillHoursTable, readTable, scale, sentences, withToday } from '../src/bags/home/chart'
import charts from './chart.json'
import { latestRow } from '../src/bags/home/latest'
import { barWidth, billRow, fillAreas, ownRow } from '../src/bags/home/lists'

const hours = Array.from({ length: 24 }, (_, n) => ({ label: String(n).padStart(2, '0'), scans: n === 11 ? 123456 : n === 3 ? 1 : 0 }))

function box(): HTMLElement {
  const figure = document.createElement('figure')
  figure.className = 'chart-box'
  figure.dataset.most = 'Highest: {label}:00 to {label}:59 with {value}'
  figure.dataset.latest = 'Now: {value}'
  figure.append(document.createElementNS('http://www.w3.org/2000/svg', 'svg'), document.createElement('figcaption'))
  return figure
}

describe('the hours', () => {
  it('have_a_bar_each_the_tallest_marked_and_a_single_scan_still_seen', () => {
    const figure = box()
    drawHours(figure, hours)
    expect(figure.querySelectorAll('rect')).toHaveLength(24)
    expect(figure.querySelectorAll('.bar-top')).toHaveLength(1)
    expect(figure.querySelectorAll('[style]')).toHaveLength(0)
    expect(figure.querySelectorAll('rect')[3]?.getAttribute('height')).toBe('2')
    expect(figure.querySelector('.bar-value')?.textContent).toBe('1,23,456')
    expect(figure.querySelector('svg')?.getAttribute('class')).toBe('chart far')
  })

  it('are_drawn_as_the_server_draws_them', () => {
    expect(charts.length).toBeGreaterThan(4)
    for (const { labels, values, ticks, heights, texts } of charts) {
      const drawn = drawing(labels.map((label, at) => ({ label, scans: values[at] ?? 0 })))
      expect(drawn.ticks.map((tick) => tick.shown)).toEqual(ticks)
      expect(drawn.bars.map((bar) => bar.height)).toEqual(heights)
      expect(drawn.texts.map((text) => `${text.class} ${text.text} ${text.x} ${text.y} ${text.anchor}`)).toEqual(texts)
    }
  })

  it('are_told_in_words_and_are_a_sentence_while_there_is_none', () => {
    const figure = box()
    drawHours(figure, hours)
    expect(figure.querySelector('figcaption')?.textContent).toBe('Highest: 11:00 to 11:59 with 1,23,456 · Now: 0')
    expect(figure.classList.contains('none')).toBe(false)
    drawHours(figure, hours.map(({ label }) => ({ label, scans: 0 })))
    expect(figure.classList.contains('none')).toBe(true)
    expect(sentences(figure, [])).toBe('')
  })

  it('have_a_scale_of_few_round_numbers', () => {
    expect([1, 4, 5, 30, 137, 3127].map(scale)).toEqual([
      [0, 1], [0, 1, 2, 3, 4], [0, 2, 4, 6], [0, 10, 20, 30], [0, 50, 100, 150], [0, 1000, 2000, 3000, 4000],
    ])
    expect(scale(0)).toEqual([])
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

describe('the days', () => {
  it('are_read_from_their_table_and_today_grows_or_begins', () => {
    const table = document.createElement('table')
    fillHoursTable(table, [{ label: '20/11/26', scans: 123456 }, { label: '21/11/26', scans: 7 }])
    const days = readTable(table)
    expect(days).toEqual([{ label: '20/11/26', scans: 123456 }, { label: '21/11/26', scans: 7 }])
    expect(withToday(days, '21/11/26', 9).map(({ scans }) => scans)).toEqual([123456, 9])
    expect(withToday(days, '22/11/26', 1)).toEqual([{ label: '21/11/26', scans: 7 }, { label: '22/11/26', scans: 1 }])
  })
})

describe('areas, bills and own scans', () => {
  it('enter_as_text_and_a_small_bar_is_seen', () => {
    const list = document.createElement('ul')
    fillAreas(list, [{ area: 'lucknow', title: '<i>Lucknow', scans: 100000 }, { area: 'indore', title: 'Indore', scans: 1 }])
    expect(list.querySelector('i')).toBeNull()
    expect(Array.from(list.querySelectorAll('rect'), (bar) => bar.getAttribute('width'))).toEqual(['100', '1'])
    expect(list.querySelector('b')?.textContent).toBe('1,00,000')
    expect([barWidth(0, 5), barWidth(0, 0)]).toEqual([0, 0])
    const body = document.createElement('tbody')
    body.dataset.statusNew = 'नया'
    const bill = { number: '<b>1', path: '%3Cb%3E1', status: 'new', parents: 0, capacity: 3, percent: 0, created_at: '' }
    const row = billRow(bill, body.dataset)
    expect(row.querySelector('b')).toBeNull()
    expect(row.querySelector('a')?.getAttribute('href')).toContain('/bills/%3Cb%3E1')
    expect(row.querySelector('.chip')?.textContent).toBe('नया')
    const own = ownRow({ time: '', code: 'KID1', outcome: 'linked' }, { 'outcome-linked': 'Linked' })
    expect(own.querySelector('.chip.ok')?.textContent).toBe('Linked')
  })
})
