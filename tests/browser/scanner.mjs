// A keyboard-wedge scanner, key by key as the browser gets them, and the codes that tests scan.
//
// Invariant: keys go over the wire of the browser itself, with times of their own, never through the page's script.
import { setTimeout as sleep } from 'node:timers/promises'

const SHIFTED = { '<': 'Comma', '>': 'Period', '"': 'Quote', '&': 'Digit7', '%': 'Digit5', ':': 'Semicolon', _: 'Minus' }
const PLAIN = { '-': 'Minus', ';': 'Semicolon', "'": 'Quote', '/': 'Slash', '.': 'Period', ' ': 'Space' }
const AZERTY_DIGITS = 'à&é"\'(-è_ç'
const SUFFIXES = {
  Enter: { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Tab: { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 },
}
const SHIFT = 8
const MS_PER_KEY_MIN = 0.01

/** The key that a scanner with a US keyboard presses, and what the computer makes of it. */
function keyFor(char, keyboard) {
  if (/[A-Z]/.test(char)) {
    const isLow = keyboard === 'caps lock' || keyboard === 'lower case'
    const windowsVirtualKeyCode = char.charCodeAt(0)
    return { code: `Key${char}`, key: isLow ? char.toLowerCase() : char, shift: keyboard !== 'lower case', windowsVirtualKeyCode }
  }
  if (/[0-9]/.test(char)) {
    const key = keyboard === 'azerty' ? AZERTY_DIGITS[Number(char)] : char
    return { code: `Digit${char}`, key, shift: false, windowsVirtualKeyCode: char.charCodeAt(0) }
  }
  const shift = char in SHIFTED
  const code = SHIFTED[char] ?? PLAIN[char]
  if (!code) throw new Error(`this scanner has no key for ${char}`)
  return { code, key: char, shift, windowsVirtualKeyCode: 0 }
}

function pressesFor(text, keyboard) {
  return [...text].map((char) => {
    const { shift, key, ...rest } = keyFor(char, keyboard)
    const modifiers = shift ? SHIFT : 0
    const presses = [
      { type: 'keyDown', key, text: key, unmodifiedText: key.toLowerCase(), modifiers, ...rest },
      { type: 'keyUp', key, modifiers, ...rest },
    ]
    if (!shift) return presses
    const shiftKey = { key: 'Shift', code: 'ShiftLeft', windowsVirtualKeyCode: 16 }
    return [{ type: 'rawKeyDown', modifiers: SHIFT, ...shiftKey }, ...presses, { type: 'keyUp', ...shiftKey }]
  })
}

/**
 * A keyboard wedge: presses keys at its own pace and never waits for the page. Each press carries the time at which it was
 * made, as a computer stamps the keys of a real one, so that a busy machine does not make a slow scanner of it.
 */
export class Wedge {
  static async plugIn(page) {
    const wedge = new Wedge()
    wedge.wire = await page.context().newCDPSession(page)
    return wedge
  }

  /** Types the codes one after the other, without a pause between them. */
  async scan(codes, { msPerKey = 0, suffix = 'Enter', keyboard = 'us' } = {}) {
    const end = SUFFIXES[suffix]
    const keys = [codes].flat().flatMap((code) => {
      const presses = pressesFor(code, keyboard)
      return end ? [...presses, [{ type: end.text ? 'keyDown' : 'rawKeyDown', ...end }, { type: 'keyUp', ...end, text: undefined }]] : presses
    })
    const sent = []
    const beganMs = performance.now()
    const beganAtMs = Date.now()
    for (const [index, presses] of keys.entries()) {
      const waitMs = beganMs + index * msPerKey - performance.now()
      if (msPerKey > 0 && waitMs > 0) await sleep(waitMs)
      const timestamp = (beganAtMs + index * Math.max(msPerKey, MS_PER_KEY_MIN)) / 1000
      for (const press of presses) sent.push(this.wire.send('Input.dispatchKeyEvent', { ...press, timestamp }))
    }
    await Promise.all(sent)
  }
}

// Codes.

/** Labels that no demo has: the parents of the tests begin with SB9. */
export const parentCode = (n) => `SB${90_000 + n}`
export const childCodes = (mark, count, from = 1) =>
  Array.from({ length: count }, (_, index) => `${mark}${String(index + from).padStart(2, '0')}`)
