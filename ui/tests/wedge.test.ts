// Proves that the wedge reads every scan once and whole, whatever the scanner's speed, suffix and
// layout, and leaves a person's keys alone.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Wedge, type Source } from '../src/station/wedge'

interface Told {
  codes: string[]
  sources: Source[]
  text: string
}

let told: Told
let wedge: Wedge
let atMs: number

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  told = { codes: [], sources: [], text: '' }
  atMs = 1_000
  wedge = new Wedge({
    onCode: (code, source) => {
      told.codes.push(code)
      told.sources.push(source)
    },
    onText: (text) => (told.text = text),
    setTimer: (work, delayMs) => setTimeout(work, delayMs),
    clearTimer: (timer) => clearTimeout(timer as number),
  })
})

afterEach(() => vi.useRealTimers())

const none = { shift: false, ctrl: false, alt: false, meta: false }

function codeOf(char: string): string {
  if (/[A-Z]/i.test(char)) return `Key${char.toUpperCase()}`
  if (/\d/.test(char)) return `Digit${char}`
  return char === '-' ? 'Minus' : ''
}

function press(key: string, code: string, more: Partial<typeof none> = {}) {
  return wedge.press({ key, code, ...none, ...more, atMs })
}

function pass(ms: number): void {
  atMs += ms
  vi.advanceTimersByTime(ms)
}

function burst(text: string, gapMs = 1, keyOf: (char: string) => string = (char) => char): void {
  for (const char of text) {
    pass(gapMs)
    press(keyOf(char), codeOf(char))
  }
}

describe('a scanner', () => {
  it('may_send_a_hundred_codes_one_millisecond_a_key_without_a_lost_character', () => {
    const sent = Array.from({ length: 100 }, (_, n) => `KID${String(n).padStart(7, '0')}`)
    for (const code of sent) {
      burst(code)
      pass(1)
      press('Enter', 'Enter')
    }
    expect(told.codes).toEqual(sent)
    expect(new Set(told.sources)).toEqual(new Set(['scanner']))
  })

  it.each([
    ['CR', () => press('Enter', 'Enter')],
    ['numpad Enter', () => press('Enter', 'NumpadEnter')],
    ['LF as a character', () => press('\n', '')],
    ['LF as Ctrl+J', () => press('j', 'KeyJ', { ctrl: true })],
    ['CR as Ctrl+M', () => press('m', 'KeyM', { ctrl: true })],
    ['Tab', () => press('Tab', 'Tab')],
    ['a pause', () => pass(130)],
  ])('may_end_a_code_with_%s', (_name, end) => {
    burst('SB00001', 5)
    pass(5)
    const taken = end()
    expect(told.codes).toEqual(['SB00001'])
    if (taken !== undefined) expect(taken).toBe('end')
    pass(1_000)
    expect(told.codes).toEqual(['SB00001'])
  })

  it('may_send_its_enter_late_without_pressing_a_button_or_ending_the_code_twice', () => {
    burst('SB00001', 5)
    pass(200)
    expect(press('Enter', 'Enter')).toBe('end')
    expect(told.codes).toEqual(['SB00001'])
    pass(2_000)
    expect(press('Enter', 'Enter')).toBe('none')
  })

  const french: Record<string, string> = { A: 'q', Q: 'a', M: ',', '0': 'à', '1': '&', '2': 'é', '4': "'", '-': ')' }
  const german: Record<string, string> = { Z: 'y', Y: 'z', '-': 'ß' }
  const hindi: Record<string, string> = { S: 'े', B: 'ब', K: 'क', I: 'ग', D: 'ि', '0': '०', '4': '४' }
  it.each([
    ['US', (char: string) => char],
    ['caps lock', (char: string) => char.toLowerCase()],
    ['French', (char: string) => french[char] ?? char],
    ['German', (char: string) => german[char] ?? char],
    ['Hindi', (char: string) => hindi[char] ?? char],
  ])('means_the_same_label_under_the_layout_%s', (_name, keyOf) => {
    burst('M444-00012', 2, keyOf)
    press('Enter', 'Enter')
    burst('KIDZYAQ2', 2, keyOf)
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['M444-00012', 'KIDZYAQ2'])
  })

  it('that_was_set_to_the_french_layout_of_the_computer_is_read_right_too', () => {
    const keys: [string, string, boolean][] = [
      ['S', 'KeyS', true],
      ['A', 'KeyQ', true],
      ['0', 'Digit0', true],
      ['0', 'Digit0', true],
      ['1', 'Digit1', true],
    ]
    for (const [key, code, shift] of keys) {
      pass(2)
      press(key, code, { shift })
    }
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['SA001'])
  })

  it('may_use_the_numpad_and_group_separators', () => {
    for (const char of 'SB') press(char, `Key${char}`)
    press(']', 'BracketRight', { ctrl: true })
    for (const char of '00001') press(char, `Numpad${char}`)
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['SB00001'])
  })

  it('is_read_by_the_key_where_the_board_tells_no_position', () => {
    for (const char of 'kid17') wedge.press({ key: char, code: '', ...none, atMs: (atMs += 2) })
    press('Enter', '')
    expect(told.codes).toEqual(['KID17'])
  })

  it('is_not_mixed_with_what_a_person_had_begun_to_type', () => {
    press('s', 'KeyS')
    pass(400)
    press('b', 'KeyB')
    pass(1_500)
    burst('KID0001')
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID0001'])
    expect(told.text).toBe('SB')
  })

  it('is_waited_for_when_the_page_itself_was_held_up', () => {
    burst('KID0', 2)
    const until = performance.now() + 900
    const now = vi.spyOn(performance, 'now').mockReturnValue(until)
    vi.advanceTimersByTime(121)
    expect(told.codes).toEqual([])
    now.mockRestore()
    burst('017', 2)
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID0017'])
  })
})

describe('a person', () => {
  it('may_type_slowly_and_press_enter', () => {
    for (const char of 'kid17') {
      press(char, codeOf(char))
      pass(180)
    }
    pass(3_000)
    expect(told.codes).toEqual([])
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID17'])
    expect(told.sources).toEqual(['hand'])
  })

  it('types_what_his_own_layout_says', () => {
    for (const [key, code] of [['q', 'KeyA'], ['b', 'KeyB'], ['1', 'Digit1'], ['é', 'Digit2']] as const) {
      press(key, code)
      pass(200)
    }
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['QB12'])
  })

  it('keeps_tab_and_space_and_enter_for_the_page_when_nothing_was_typed', () => {
    expect(press('Tab', 'Tab')).toBe('none')
    expect(press(' ', 'Space')).toBe('none')
    expect(press('Enter', 'Enter')).toBe('none')
    press('k', 'KeyK')
    pass(900)
    expect(press('Tab', 'Tab')).toBe('none')
    expect(press('Tab', 'Tab', { shift: true })).toBe('none')
  })

  it('types_no_character_with_a_modifier_held', () => {
    for (const held of [{ ctrl: true }, { alt: true }, { meta: true }]) expect(press('z', 'KeyZ', held)).toBe('none')
    expect(press('m', 'KeyM', { ctrl: true })).toBe('none')
    expect(press('Shift', 'ShiftLeft', { shift: true })).toBe('none')
    expect(press('F5', 'F5')).toBe('none')
    expect(told.text).toBe('')
  })

  it('may_correct_himself', () => {
    for (const char of 'kix') {
      press(char, codeOf(char))
      pass(200)
    }
    wedge.backspace()
    press('d', 'KeyD')
    wedge.replace('KID9', (atMs += 300))
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID9'])
  })
})

describe('inserted text', () => {
  it('of_several_lines_is_several_codes', () => {
    wedge.insert('sb00001\nkid1\r\nkid2\t', atMs)
    expect(told.codes).toEqual(['SB00001', 'KID1', 'KID2'])
  })

  it('that_ends_its_codes_with_enter_is_not_cut_short_when_the_computer_is_held_up', () => {
    burst('SB00001')
    press('Enter', 'Enter')
    burst('KID0')
    pass(300)
    burst('17')
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['SB00001', 'KID017'])
  })

  it('without_an_end_is_a_code_after_the_pause_or_an_enter_and_only_once', () => {
    wedge.replace('kid0001', atMs)
    pass(130)
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID0001'])
    pass(2_000)
    wedge.replace('kid0002', atMs)
    wedge.insert('\n', atMs)
    pass(500)
    expect(told.codes).toEqual(['KID0001', 'KID0002'])
  })

  it('from_a_soft_keyboard_comes_letter_by_letter', () => {
    for (const text of ['K', 'KI', 'KID', 'KID1']) {
      wedge.replace(text, atMs)
      pass(220)
    }
    expect(told.codes).toEqual([])
    wedge.insert('\n', atMs)
    expect(told.codes).toEqual(['KID1'])
  })

  it('loses_its_control_characters', () => {
    wedge.insert('\u001dKID\u000017\u001d\n', atMs)
    expect(told.codes).toEqual(['KID17'])
  })
})
