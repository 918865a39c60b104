// A scan on an office page fills the field that it is meant for: the one with the focus, if it holds text, otherwise the one
// that is marked with `data-scan`, otherwise the search box.
//
// Invariants: a scan never changes anything by itself: a form that only asks (GET) is sent, one that changes something waits for
// the person; nothing that was filled in is overwritten, except by a newer code in a field for one code.
import { readCode } from '../engine/code'
import type { FieldScan, Held } from '../engine/fields'

type Field = HTMLInputElement | HTMLTextAreaElement

const TEXT = 'textarea, input:not([type]), input[type=text], input[type=search]'

const isText = (node: Element): node is Field => node.matches(TEXT) && !(node as Field).readOnly && !(node as Field).disabled
const isShown = (node: HTMLElement): boolean => node.getClientRects().length > 0
const asks = (form: HTMLFormElement | null): boolean => form !== null && form.getAttribute('method')?.toLowerCase() !== 'post'

function tell(field: Element): void {
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

/** The keys of the scan went into a field that cannot hold a code: it holds again what it held. */
function putBack(target: Element, held: Held): void {
  if (target instanceof HTMLSelectElement || isText(target) || target instanceof HTMLInputElement) {
    if (target.value === held.value) return
    target.value = held.value
    tell(target)
  }
}

function markedIn(root: ParentNode): Field | undefined {
  const fields = Array.from(root.querySelectorAll<Field>('[data-scan]'))
  return fields.find((field) => isShown(field) && isText(field) && (field.value === '' || asks(field.form)))
}

/** The field for a code whose keys went to `target`. */
function fieldFor(root: Document, target: Element): Field | null {
  const form = target.closest('form')
  const isMarked = target.hasAttribute('data-scan')
  if (isText(target) && (isMarked || asks(form))) return target
  const marked = (form && markedIn(form)) ?? (isText(target) ? undefined : markedIn(root))
  if (marked) return marked
  return isText(target) ? target : root.querySelector<HTMLInputElement>('input[name=q][data-find]')
}

/** As the browser put it in, where that says the same: a code of another system may need its small letters. */
function asTyped(field: Field, held: Held, code: string): string {
  const { value } = field
  const start = held.start ?? 0
  const typed = value.slice(start, value.length - (held.value.length - (held.end ?? start))).trim()
  return typed.toUpperCase() === code ? typed : code
}

function fill(field: Field, { target, held, codes, isEnded }: FieldScan): void {
  const read = codes.map(readCode)
  const code = read[read.length - 1] ?? ''
  if (field instanceof HTMLTextAreaElement) {
    const place = target === field && held ? held : { value: field.value, start: field.value.length, end: field.value.length }
    const [start, end] = [place.start ?? 0, place.end ?? 0]
    const before = place.value.slice(0, start)
    const lines = (before !== '' && !before.endsWith('\n') && field.hasAttribute('data-scan') ? '\n' : '') + read.join('\n')
    field.value = `${before}${lines}${isEnded ? '\n' : ''}${place.value.slice(end)}`
  } else if (target === field && held && !field.hasAttribute('data-scan') && !asks(field.form)) {
    const start = held.start ?? 0
    field.value = held.value.slice(0, start) + asTyped(field, held, code) + held.value.slice(held.end ?? start)
  } else {
    field.value = target === field && held ? asTyped(field, held, code) : code
  }
  tell(field)
}

/** The next field of the form that somebody fills in. */
function nextOf(field: Field): HTMLElement | undefined {
  const all = Array.from(field.form?.elements ?? [])
  const isNext = (node: Element): node is HTMLElement =>
    node instanceof HTMLElement && node.matches('input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea') && isShown(node)
  return all.slice(all.indexOf(field) + 1).find(isNext)
}

function sayFilled(root: Document, field: Field): void {
  const words = root.querySelector<HTMLElement>('[data-scanned]')?.dataset.scanned
  root.getElementById('scanned')?.remove()
  if (!words) return
  const said = root.createElement('p')
  said.id = 'scanned'
  said.className = 'help'
  said.setAttribute('role', 'status')
  said.textContent = words
  ;(field.closest('label') ?? field).after(said)
}

export function placeScan(root: Document, scan: FieldScan): void {
  const field = fieldFor(root, scan.target)
  if (field !== scan.target && scan.held) putBack(scan.target, scan.held)
  if (!field) return
  fill(field, scan)
  if (field instanceof HTMLTextAreaElement) return field.focus()
  const isLost = field.matches('[data-find]') && field !== scan.target && root.querySelector('main form[method=post]') !== null
  if (asks(field.form) && !isLost) {
    field.focus()
    if (scan.isEnded || field !== scan.target) field.form?.requestSubmit()
    return
  }
  if (!isLost) sayFilled(root, field)
  const next = scan.isEnded && !isLost ? nextOf(field) : undefined
  ;(next ?? field).focus()
}
