// Proves that the wedge reads every scan once and whole, whatever the scanner's speed, suffix and
// layout, and leaves a person's keys alone.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hiddenIn, readCode } from '../src/engine/code'
import { PAUSE_MS, STALL_MS, Wedge, type Source } from '../src/engine/wedge'

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
    ['a pause', () => pass(PAUSE_MS + 10)],
  ])('may_end_a_code_with_%s', (_name, end) => {
    burst('SB00001', 5)
    pass(5)
    const taken = end()
    expect(told.codes).toEqual(['SB00001'])
    if (taken !== undefined) expect(taken).toBe('end')
    pass(1_000)
    expect(told.codes).toEqual(['SB00001'])
  })

  it.each([
    ['CR LF as keys', () => press('Enter', 'Enter'), () => press('Enter', 'Enter')],
    ['CR LF as Ctrl+M and Ctrl+J', () => press('m', 'KeyM', { ctrl: true }), () => press('j', 'KeyJ', { ctrl: true })],
  ])('may_end_a_code_twice_with_%s', (_name, first, second) => {
    burst('SB00001', 5)
    pass(5)
    expect([first(), (pass(5), second())]).toEqual(['end', 'end'])
    expect(told.codes).toEqual(['SB00001'])
    pass(1_000)
    expect(press('Enter', 'Enter')).toBe('none')
  })

  it('may_send_its_enter_late_without_pressing_a_button_or_ending_the_code_twice', () => {
    burst('SB00001', 5)
    pass(PAUSE_MS + 80)
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

  it('may_use_the_numpad_and_never_glues_together_what_a_group_separator_parts', () => {
    for (const char of 'SB') press(char, `Key${char}`)
    press(']', 'BracketRight', { ctrl: true })
    for (const char of '00001') press(char, `Numpad${char}`)
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['SB\u001d00001'])
    wedge.insert('KID1\u001d7\n', (atMs += 1_000))
    expect(told.codes[1]).toBe('KID1\u001d7')
  })

  it('may_put_the_mark_of_the_symbology_in_front_under_any_layout', () => {
    for (const char of ']C1SB00001') press(char, char === ']' ? 'BracketRight' : codeOf(char))
    press('Enter', 'Enter')
    for (const [char, code] of [[']', 'Minus'], ['C', 'KeyC'], ['1', 'Digit1'], ['S', 'KeyS'], ['A', 'KeyQ'], ['0', 'Digit0'], ['1', 'Digit1']] as const) {
      press(char, code, { shift: code.startsWith('Digit') })
    }
    press('Enter', 'Enter')
    expect(told.codes.map(readCode)).toEqual(['SB00001', 'SA01'])
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
    vi.advanceTimersByTime(PAUSE_MS + 1)
    expect(told.codes).toEqual([])
    now.mockRestore()
    burst('017', 2)
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID0017'])
  })
})

function scan(...codes: string[]): void {
  for (const code of codes) {
    burst(code)
    press('Enter', 'Enter')
    pass(300)
  }
}

describe('a scanner that is held up inside a code', () => {
  it.each([300, 450, 900, 1_900])('and_ends_its_codes_with_a_key_is_waited_for_%i_ms', (heldUpMs) => {
    scan('SB00001')
    for (const [first, rest] of [['KID0', '017'], ['KI', 'D0018'], ['KID001', '9']] as const) {
      burst(first)
      pass(heldUpMs)
      burst(rest)
      press('Enter', 'Enter')
    }
    expect(told.codes).toEqual(['SB00001', 'KID0017', 'KID0018', 'KID0019'])
    expect(new Set(told.sources)).toEqual(new Set(['scanner']))
    expect(told.text).toBe('')
  })

  it('wherever_that_is_is_understood_once_such_a_code_was_seen', () => {
    scan('KID0016')
    for (let cut = 1; cut < 'KID0017'.length; cut += 1) {
      burst('KID0017'.slice(0, cut))
      pass(700)
      burst('KID0017'.slice(cut))
      press('Enter', 'Enter')
      expect(told.codes.splice(1)).toEqual(['KID0017'])
      pass(300)
    }
  })

  it('may_be_held_up_twice', () => {
    scan('SB00001')
    for (const part of ['KID', '00', '17']) {
      burst(part)
      pass(600)
    }
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['SB00001', 'KID0017'])
  })

  it('for_too_long_leaves_half_a_code_in_the_box_until_the_rest_or_a_person_decides', () => {
    scan('KID0016')
    burst('KID0')
    pass(STALL_MS + 3_000)
    expect(told.codes).toEqual(['KID0016'])
    expect(told.text).toBe('KID0')
    burst('017')
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID0016', 'KID0017'])
    burst('KID0')
    pass(STALL_MS + 3_000)
    for (const digit of '018') {
      press(digit, codeOf(digit))
      pass(200)
    }
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID0016', 'KID0017', 'KID0018'])
    expect(told.sources.at(-1)).toBe('hand')
  })

  it('loses_neither_the_next_code_nor_the_half_one', () => {
    scan('KID0016')
    burst('KID0')
    pass(STALL_MS + 3_000)
    scan('KID0018')
    expect(told.codes).toEqual(['KID0016', 'KID0018'])
    expect(told.text).toBe('KID0')
  })

  it('and_ends_its_codes_with_nothing_is_waited_for_when_its_codes_are_longer', () => {
    burst('KID0016')
    pass(1_000)
    burst('KID0')
    pass(1_500)
    burst('017')
    pass(1_000)
    burst('KID5')
    pass(STALL_MS)
    expect(told.codes).toEqual(['KID0016', 'KID0017', 'KID5'])
  })
})

describe('a pause', () => {
  it('ends_a_code_whose_ending_key_was_lost_and_the_next_code_is_another', () => {
    scan('SB00001', 'KID0017')
    burst('SB00002')
    pass(800)
    scan('KID0018')
    expect(told.codes).toEqual(['SB00001', 'KID0017', 'SB00002', 'KID0018'])
    burst('SB00003')
    pass(STALL_MS)
    expect(told.codes.at(-1)).toBe('SB00003')
  })

  it('is_short_again_for_another_scanner_that_ends_its_codes_with_nothing', () => {
    scan('SB00001', 'KID0017')
    for (const code of ['KID0018', 'KID0019', 'KID0020']) {
      burst(code)
      pass(700)
    }
    pass(STALL_MS)
    expect(told.codes).toEqual(['SB00001', 'KID0017', 'KID0018', 'KID0019', 'KID0020'])
    burst('KID0021')
    pass(PAUSE_MS)
    expect(told.codes.at(-1)).toBe('KID0021')
  })

  it('is_long_again_as_soon_as_an_ending_key_comes', () => {
    burst('SB00001')
    pass(PAUSE_MS + 80)
    press('Enter', 'Enter')
    burst('KID0')
    pass(900)
    burst('017')
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['SB00001', 'KID0017'])
  })

  it('does_not_cut_a_code_whose_presses_were_in_time_and_only_came_late', () => {
    burst('KID0', 2)
    const pressedMs = atMs
    pass(PAUSE_MS + 10)
    expect(told.codes).toEqual(['KID0'])
    for (const [index, digit] of [...'017'].entries()) wedge.press({ key: digit, code: codeOf(digit), ...none, atMs: pressedMs + 2 * (index + 1) })
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID0', 'KID0017'])
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

  it('without_an_end_is_a_code_after_the_pause_or_an_enter_and_only_once', () => {
    wedge.replace('kid0001', atMs)
    pass(PAUSE_MS + 10)
    press('Enter', 'Enter')
    expect(told.codes).toEqual(['KID0001'])
    pass(2_000)
    wedge.replace('kid0002', atMs)
    wedge.insert('\n', atMs)
    pass(STALL_MS + 500)
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

  it('loses_the_control_characters_around_it_and_shows_those_in_it', () => {
    wedge.insert('\u001dKID\u000017\u001d\n', atMs)
    expect(told.codes.map(readCode)).toEqual(['KID⟨U+0000⟩17'])
  })
})

describe('a code', () => {
  it('loses_what_a_scanner_puts_around_it_and_shows_what_nobody_can_see_in_it', () => {
    expect([' kid17 ', ']C1KID17', ']Q3kid17', ']d2KID17'].map(readCode)).toEqual(['KID17', 'KID17', 'KID17', 'KID17'])
    expect(readCode('KID1\u001d7')).toBe('KID1⟨GS⟩7')
    expect(readCode('KID\u200b17')).toBe('KID⟨ZWSP⟩17')
    expect(readCode('KID\u200e17')).toBe('KID⟨U+200E⟩17')
    expect([hiddenIn('KID1⟨GS⟩7'), hiddenIn('KID17')]).toEqual(['GS', ''])
  })
})
