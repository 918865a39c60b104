// @vitest-environment happy-dom
// Proves that a scan in an office form fills its field whatever the scanner, the layout and the keys around the code, and that no key
// of it sends, presses or changes anything.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { placeScan } from '../src/app/scans'
import { FieldScans } from '../src/engine/fields'
import { PAUSE_MS } from '../src/engine/wedge'

const PAGE = `
  <form id="find" action="/lookup"><input name="q" data-find data-scanned="Scanned. Press Enter yourself."></form>
  <main>
    <form id="create-bill" method="post" action="/bills/new">
      <label>Number <input name="bill" data-scan></label>
      <label>Parents <input name="capacity" type="number"></label>
      <label>State <select name="state"><option value="a">A</option><option value="s">S</option></select></label>
      <textarea name="description"></textarea>
      <button id="create">Create</button>
    </form>
    <form id="secret" method="post"><input name="name"><input type="password" name="password"></form>
  </main>`

let atMs: number
let scans: FieldScans
let sent: string[]
let pressed: string[]

const field = <T extends HTMLElement = HTMLInputElement>(name: string) => document.querySelector(`[name=${name}], #${name}`) as T
const focused = () => document.activeElement?.getAttribute('name') ?? document.activeElement?.id

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  document.body.innerHTML = PAGE
  atMs = 1_000
  sent = []
  pressed = []
  HTMLElement.prototype.getClientRects = () => [{}] as unknown as DOMRectList
  for (const form of document.forms) form.requestSubmit = () => void sent.push(form.id)
  field('create').addEventListener('click', () => pressed.push('create'))
  scans = new FieldScans((scan) => placeScan(document, scan))
})

afterEach(() => vi.useRealTimers())

/** One key as the page gets it: what nobody holds back types, sends and presses as in a browser. */
function key(name: string, code: string, more: KeyboardEventInit = {}): boolean {
  const target = document.activeElement ?? document.body
  const event = new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true, ...more })
  Object.defineProperty(event, 'timeStamp', { value: atMs })
  Object.defineProperty(event, 'target', { value: target })
  const isHeld = scans.press(event)
  if (isHeld) return true
  if (name === 'Enter' && target instanceof HTMLInputElement && target.form) sent.push(`${target.form.id} by Enter`)
  if (name === 'Enter' && target instanceof HTMLButtonElement) pressed.push('create')
  if (name.length > 1 || more.ctrlKey) return false
  if (target instanceof HTMLSelectElement) target.value = name.toLowerCase()
  else if (target instanceof HTMLInputElement && target.type === 'number') target.value += /\d/.test(name) ? name : ''
  else if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) target.value += name
  return false
}

function pass(ms: number): void {
  atMs += ms
  vi.advanceTimersByTime(ms)
}

const codeOf = (char: string) =>
  /[A-Z]/i.test(char) ? `Key${char.toUpperCase()}` : /\d/.test(char) ? `Digit${char}` : char === ']' ? 'BracketRight' : 'Minus'
const FRENCH: Record<string, string> = { A: 'q', Q: 'a', M: ',', '0': 'à', '1': '&', '2': 'é', '4': "'", '-': ')' }
const HINDI: Record<string, string> = { B: 'ब', L: 'त', '0': '०', '4': '४' }
const LAYOUTS: Record<string, (char: string) => string> = {
  us: (char) => char,
  'caps lock': (char) => char.toLowerCase(),
  french: (char) => FRENCH[char] ?? char.toLowerCase(),
  hindi: (char) => HINDI[char] ?? char,
}
const PREFIXES: Record<string, () => void> = {
  nothing: () => undefined,
  'Ctrl+B': () => void key('b', 'KeyB', { ctrlKey: true }),
  'Ctrl+S': () => void key('s', 'KeyS', { ctrlKey: true }),
  AIM: () => type(']C1'),
}
const ENDS: Record<string, () => void | Promise<void>> = {
  Enter: () => void key('Enter', 'Enter'),
  'numpad Enter': () => void key('Enter', 'NumpadEnter'),
  Tab: () => void key('Tab', 'Tab'),
  'Ctrl+J': () => void key('j', 'KeyJ', { ctrlKey: true }),
  'Ctrl+M': () => void key('m', 'KeyM', { ctrlKey: true }),
  'CR LF': () => void (key('Enter', 'Enter'), pass(3), key('Enter', 'Enter')),
  'two Enters': () => void (key('Enter', 'Enter'), pass(120), key('Enter', 'Enter')),
  'a late Enter': async () => {
    pass(PAUSE_MS + 60)
    await Promise.resolve()
    key('Enter', 'Enter')
  },
}

function type(text: string, keyOf = (char: string) => char, gapMs = 3): void {
  for (const char of text) {
    pass(gapMs)
    key(keyOf(char), codeOf(char))
  }
}

async function scan(code: string, end = 'Enter', layout = 'us', prefix = 'nothing'): Promise<void> {
  PREFIXES[prefix]?.()
  type(code, LAYOUTS[layout])
  pass(3)
  await ENDS[end]?.()
}

describe('a scan in an office form', () => {
  const all = Object.keys(LAYOUTS).flatMap((layout) =>
    Object.keys(PREFIXES).flatMap((prefix) => Object.keys(ENDS).map((end) => [layout, prefix, end] as const)),
  )
  it.each(all)('fills its field and sends nothing: layout %s, in front %s, behind %s', async (layout, prefix, end) => {
    field('bill').focus()
    await scan('BL04-12', end, layout, prefix)
    expect(field('bill').value.toUpperCase()).toBe('BL04-12')
    expect([sent, pressed]).toEqual([[], []])
    expect(focused()).toBe(end === 'a late Enter' ? 'bill' : 'capacity')
    pass(1_000)
    expect(document.getElementById('scanned')?.textContent).toContain('yourself')
    // A person's Enter is consent.
    key('Enter', 'Enter')
    expect(sent).toEqual(['create-bill by Enter'])
  })

  it('that only asks is sent, and the code is read by the position of its keys', async () => {
    field('q').focus()
    await scan('SB00042', 'Tab', 'french')
    expect([field('q').value, sent]).toEqual(['SB00042', ['find']])
  })

  it.each(['create', 'capacity', 'state'])('never presses or changes %s, and goes to the field that is meant', async (name) => {
    field(name).focus()
    await scan('S4200')
    expect([sent, pressed]).toEqual([[], []])
    expect([field('bill').value, field('capacity').value, field('state').value]).toEqual(['S4200', '', 'a'])
  })

  it('overwrites nothing: where the field is taken, the search box shows the code and waits', async () => {
    field('bill').value = 'BL-1'
    field('create').focus()
    await scan('SB00042')
    expect([field('bill').value, field('q').value, sent, pressed]).toEqual(['BL-1', 'SB00042', [], []])
  })

  it('adds a line to a text of several lines, and keeps what a person typed', async () => {
    field('bill').remove()
    field<HTMLTextAreaElement>('description').focus()
    type('Lorry ', (char) => char, 150)
    pass(600)
    await scan('KID0017')
    await scan('KID0018', 'Ctrl+M', 'caps lock')
    expect(field<HTMLTextAreaElement>('description').value.toUpperCase()).toBe('LORRY KID0017\nKID0018\n')
  })

  it('is nothing where a password is asked for, and a person who types slowly sends their form', async () => {
    field('name').focus()
    await scan('MEERA')
    expect(sent).toEqual(['secret by Enter'])
    field('bill').focus()
    type('bl-7', (char) => char, 140)
    key('Enter', 'Enter')
    expect([field('bill').value, sent]).toEqual(['bl-7', ['secret by Enter', 'create-bill by Enter']])
  })

  it('is over once a person chooses with the arrows: the Enter behind them is theirs', async () => {
    field('bill').focus()
    await scan('BL-42')
    field('bill').focus()
    key('ArrowDown', 'ArrowDown')
    pass(50)
    expect(key('Enter', 'Enter')).toBe(false)
    expect(sent).toEqual(['create-bill by Enter'])
  })
})
