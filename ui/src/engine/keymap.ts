// From a key press to a character, twice: by the key's position (what a scanner that acts as a US
// keyboard means, whatever layout the computer has), and by the computer's layout (what a person who
// types means).
//
// Invariant: a press with Ctrl, Alt or Meta held, or one that makes no character, gives nothing.

export interface Press {
  code: string
  key: string
  shift: boolean
  ctrl: boolean
  alt: boolean
  meta: boolean
}

/** One character, by position and by layout. */
export interface Character {
  physical: string
  typed: string
}

const SHIFTED_DIGITS = ')!@#$%^&*('
const OTHER_KEYS: Record<string, string> = {
  Minus: '-_',
  Equal: '=+',
  BracketLeft: '[{',
  BracketRight: ']}',
  Backslash: '\\|',
  Semicolon: ';:',
  Quote: '\'"',
  Backquote: '`~',
  Comma: ',<',
  Period: '.>',
  Slash: '/?',
  Space: '  ',
  NumpadSubtract: '--',
  NumpadAdd: '++',
  NumpadMultiply: '**',
  NumpadDivide: '//',
  NumpadDecimal: '..',
}

function fromPosition(code: string, shift: boolean): string {
  if (code.length === 4 && code.startsWith('Key')) return code.charAt(3)
  if (code.length === 6 && code.startsWith('Digit')) {
    const digit = code.charAt(5)
    return shift ? SHIFTED_DIGITS.charAt(Number(digit)) : digit
  }
  if (code.length === 7 && /^Numpad\d$/.test(code)) return code.charAt(6)
  return OTHER_KEYS[code]?.charAt(shift ? 1 : 0) ?? ''
}

function isPlainCharacter(key: string): boolean {
  return key.length === 1 && key >= ' ' && key <= '~'
}

export function characterOf(press: Press): Character | null {
  if (press.ctrl || press.alt || press.meta) return null
  // With NumLock off a numpad digit is an arrow: its name is longer than one character, but its position still says 7.
  const byKey = isPlainCharacter(press.key) ? press.key.toUpperCase() : ''
  const physical = fromPosition(press.code, press.shift) || byKey
  if (physical === '') return null
  const named = press.key.length > 1 && press.key !== 'Unidentified' && press.key !== 'Dead'
  if (named && !press.code.startsWith('Numpad')) return null
  return { physical, typed: byKey || physical }
}
