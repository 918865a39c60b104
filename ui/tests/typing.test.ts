// @vitest-environment happy-dom
// Proves that a scan whose first keys came before the page's script was there is read whole.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type EarlyKey, watchTyping } from '../src/app/typing'

let sent: string[]
let atMs: number
const box = () => document.querySelector('input') as HTMLInputElement

beforeEach(() => {
  document.body.innerHTML = '<form id="find" action="/lookup"><input name="q" data-find></form>'
  HTMLElement.prototype.getClientRects = () => [{}] as unknown as DOMRectList
  sent = []
  atMs = 1_000
  for (const form of document.forms) form.requestSubmit = () => void sent.push(box().value)
  box().focus()
})

// Each page has its own listeners.
const listen = vi.spyOn(window, 'addEventListener')
afterEach(() => {
  for (const [kind, listener, options] of listen.mock.calls) window.removeEventListener(kind, listener as EventListener, options as boolean)
  listen.mockClear()
})

function keyDown(name: string): KeyboardEvent {
  const code = /[A-Z]/.test(name) ? `Key${name}` : /\d/.test(name) ? `Digit${name}` : name
  const event = new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true })
  atMs += 2
  Object.defineProperty(event, 'timeStamp', { value: atMs })
  Object.defineProperty(event, 'target', { value: box() })
  return event
}

/** A key while nothing watches yet: the browser types it. */
function early(name: string): EarlyKey {
  const { value } = box()
  const key = { event: keyDown(name), held: { value, start: value.length, end: value.length } }
  if (name.length === 1) box().value += name
  return key
}

function press(name: string): void {
  const event = keyDown(name)
  if (box().dispatchEvent(event) && name.length === 1) box().value += name
}

it.each([0, 1, 3, 7])('reads_a_scan_whole_where_the_script_came_after_%s_keys', (split) => {
  const keys = [...'SB91202']
  watchTyping(document, keys.slice(0, split).map(early))
  for (const name of [...keys.slice(split), 'Enter']) press(name)
  expect(sent).toEqual(['SB91202'])
})

it('leaves_a_scan_alone_that_had_ended_before', () => {
  watchTyping(document, [...'SB91202', 'Enter'].map(early))
  expect(sent).toEqual([])
  for (const name of ['K', 'I', 'D', '0', '1', 'Enter']) press(name)
  expect(box().value).toBe('KID01')
})
