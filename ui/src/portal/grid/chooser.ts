// Which columns are shown, and how numbers and dates are written.
import { el } from '../../engine/dom'
import { COLUMNS, type Column } from './columns'
import { DATE_FORMATS, NUMBER_FORMATS, shownDate, shownNumber, type Format } from './format'

interface Chooser {
  columns: () => Column[]
  words: (key: string) => string
  format: () => Format
  change: (columns: Column[]) => void
  write: (format: Format) => void
}

const EXAMPLE = { day: '2026-03-09', number: '1234567.5' }

export function openChooser(box: HTMLElement, chooser: Chooser): void {
  const details = box.closest('details')
  const root = box.ownerDocument.documentElement
  const draw = () => {
    const shown = new Set(chooser.columns())
    const checks = COLUMNS.map((column) => {
      const input = el('input', { type: 'checkbox', value: column })
      input.checked = shown.has(column)
      input.addEventListener('change', () => {
        const chosen = COLUMNS.filter((one) => box.querySelector<HTMLInputElement>(`input[value="${one}"]`)?.checked)
        // A table without columns shows nothing to choose by.
        if (chosen.length === 0) input.checked = true
        else chooser.change(chosen)
      })
      return el('label', {}, input, chooser.words(`column-${column}`))
    })
    box.replaceChildren(el('fieldset', { class: 'checks' }, el('legend', {}, chooser.words('columns')), ...checks), ...formats(chooser))
  }
  draw()
  details?.addEventListener('toggle', () => {
    draw()
    // It opens towards the side that has room.
    box.classList.remove('leftwards')
    box.classList.toggle('leftwards', details.open && box.getBoundingClientRect().right > root.clientWidth)
  })
}

function formats(chooser: Chooser): HTMLElement[] {
  const now = chooser.format()
  const dates = select(chooser.words('format-dates'), DATE_FORMATS, now.dates, (one) => shownDate(EXAMPLE.day, { ...now, dates: one }))
  const numbers = select(chooser.words('format-numbers'), NUMBER_FORMATS, now.numbers, (one) => shownNumber(EXAMPLE.number, { ...now, numbers: one }))
  const write = () => chooser.write({ dates: dates.box.value as Format['dates'], numbers: numbers.box.value as Format['numbers'] })
  for (const { box } of [dates, numbers]) box.addEventListener('change', write)
  return [dates.label, numbers.label]
}

function select<T extends string>(name: string, all: readonly T[], chosen: T, shown: (one: T) => string) {
  const box = el('select', {}, ...all.map((one) => el('option', { value: one, selected: one === chosen }, shown(one))))
  return { box, label: el('label', { class: 'field-row' }, name, box) }
}
