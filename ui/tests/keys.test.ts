// @vitest-environment happy-dom
// Proves that keys are caught wherever the focus is, and that shortcuts are never plain letters.
import { beforeEach, describe, expect, it } from 'vitest'
import { catchKeys } from '../src/engine/keys'
import { Wedge } from '../src/engine/wedge'

const codes: string[] = []
const pressed: string[] = []
document.body.innerHTML = '<input id="box"><input id="other"><button id="button">Undo</button>'
const box = document.getElementById('box') as HTMLInputElement
const wedge = new Wedge({
  onCode: (code) => codes.push(code),
  onText: (text) => (box.value = text),
  setTimer: (work, delayMs) => setTimeout(work, delayMs),
  clearTimer: (timer) => clearTimeout(timer as number),
})
catchKeys(wedge, box, {
  undo: () => pressed.push('undo'),
  finish: () => pressed.push('finish'),
  accept: () => pressed.push('accept'),
})

function key(target: Element, name: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : /^\d$/.test(name) ? `Digit${name}` : name
  const event = new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true, ...more })
  target.dispatchEvent(event)
  return event
}

beforeEach(() => {
  codes.length = 0
  pressed.length = 0
  wedge.clear()
})

describe('keys', () => {
  it.each(['body', '#button', '#box'])('reach_the_wedge_when_%s_has_the_focus', (selector) => {
    const target = document.querySelector(selector) as HTMLElement
    for (const char of 'KID17') expect(key(target, char).defaultPrevented).toBe(true)
    expect(box.value).toBe('KID17')
    expect(key(target, 'Enter').defaultPrevented).toBe(true)
    expect(codes).toEqual(['KID17'])
  })

  it('stay_with_a_text_field_that_is_not_ours', () => {
    const other = document.getElementById('other') as HTMLElement
    expect(key(other, 'K').defaultPrevented).toBe(false)
    expect(wedge.text).toBe('')
  })

  it('of_a_scan_go_where_scans_go_even_from_another_field', () => {
    const other = document.getElementById('other') as HTMLInputElement
    other.value = 'Dock'
    key(other, 'ArrowLeft')
    for (const char of 'KID19') {
      key(other, char)
      other.value += char
    }
    expect(key(other, 'Enter').defaultPrevented).toBe(true)
    expect([codes, other.value]).toEqual([['KID19'], 'Dock'])
  })

  it('are_shortcuts_only_with_alt_because_scanners_send_control_and_letters', () => {
    for (const char of 'zcm') key(document.body, char, { ctrlKey: true })
    key(document.body, 'm', { metaKey: true })
    key(document.body, 'z', { altKey: true, ctrlKey: true })
    expect(pressed).toEqual([])
    for (const char of 'zcm') key(document.body, char, { altKey: true })
    expect(pressed).toEqual(['undo', 'finish', 'accept'])
    for (const char of 'zm') key(document.body, char)
    expect(pressed).toHaveLength(3)
    expect(wedge.text).toBe('ZM')
  })

  it('take_no_key_that_something_lies_on_for_a_scan', () => {
    for (let at = 0; at < 12; at += 1) key(box, 'A', { repeat: true })
    key(box, 'Enter')
    expect(codes).toEqual([])
  })

  it('leave_enter_to_a_button_when_no_code_is_there', async () => {
    await new Promise((resolve) => setTimeout(resolve, 350)) // a key right behind a code is its second end
    const button = document.getElementById('button') as HTMLElement
    expect(key(button, 'Enter').defaultPrevented).toBe(false)
  })

  it('read_the_box_when_a_soft_keyboard_told_no_keys', () => {
    key(box, 'Unidentified', { code: '' })
    box.value = 'kid18'
    box.dispatchEvent(new Event('input', { bubbles: true }))
    key(box, 'Enter', { code: '' })
    expect(codes).toEqual(['KID18'])
  })
})
