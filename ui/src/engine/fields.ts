// Tells a scan from typing in the fields and on the buttons of a page that is not a station. Keys reach the page as usual;
// only the key that ends a scan is held back, and the page is told what was scanned and what its field held before.
//
// Invariants: the key that ends a scan never reaches the page, so it sends no form and presses no button; the keys of a
// person always do; nothing is taken for a scan in a form with a password.
import { Wedge } from './wedge'

/** What a field held before the first key of a scan. */
export interface Held {
  value: string
  /** Where the text went in; null in a field that has no such place. */
  start: number | null
  end: number | null
}

export interface FieldScan {
  /** Several if the keys between them were lost. */
  codes: string[]
  /** Where the keys went. */
  target: Element
  /** null if the target holds no text. */
  held: Held | null
  /** False for a scanner that ends its codes with nothing. */
  isEnded: boolean
}

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'NumLock', 'Fn'])

function heldBy(target: Element): Held | null {
  if (target instanceof HTMLSelectElement) return { value: target.value, start: null, end: null }
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return null
  // Other kinds of fields throw, or give null.
  const hasPlaces = target instanceof HTMLTextAreaElement || /^(text|search|tel|url)$/.test(target.type)
  const { value } = target
  return { value, start: hasPlaces ? target.selectionStart : null, end: hasPlaces ? target.selectionEnd : null }
}

/** A form with a secret, and a form whose page takes scans by itself. */
function isOther(target: Element): boolean {
  const form = target.closest('form')
  return form?.hasAttribute('data-scans-itself') || form?.querySelector('input[type=password], input[autocomplete~=one-time-code]') != null
}

export class FieldScans {
  private target: Element | null = null
  /** What the target held before each character that the wedge holds. */
  private held: (Held | null)[] = []
  private codes: string[] = []
  private isInPress = false
  private wasScan = false
  private readonly wedge: Wedge

  constructor(private readonly take: (scan: FieldScan) => void) {
    this.wedge = new Wedge({
      onCode: (code, source) => {
        if (source === 'scanner') this.codes.push(code)
        if (source === 'scanner' && !this.isInPress) queueMicrotask(() => this.give(false))
      },
      onText: () => undefined,
      setTimer: (work, delayMs) => setTimeout(work, delayMs),
      clearTimer: (timer) => clearTimeout(timer as number),
    })
  }

  /** True if the key ended a scan: nothing else may act on it. `held` is what the field held before a key of earlier. */
  press(event: KeyboardEvent, held?: Held): boolean {
    const { target } = event
    if (!(target instanceof Element) || isOther(target)) return false
    if (MODIFIERS.has(event.key)) return false
    const isSoft = event.isComposing || event.keyCode === 229 || event.key === 'Unidentified'
    const isLeaning = event.repeat && event.key.length === 1
    if (target !== this.target || isSoft || isLeaning) this.forget()
    if (isSoft || isLeaning) return false
    this.target = target
    return this.pressed(event, held ?? heldBy(target))
  }

  /** The field was changed by something else. */
  forget(): void {
    this.wedge.clear()
    this.held = []
    this.codes = []
  }

  private pressed(event: KeyboardEvent, held: Held | null): boolean {
    const { code, key, shiftKey: shift, ctrlKey: ctrl, altKey: alt, metaKey: meta, timeStamp: atMs } = event
    const before = this.wedge.text.length
    this.isInPress = true
    const taken = this.wedge.press({ code, key, shift, ctrl, alt, meta, atMs })
    this.isInPress = false
    if (taken === 'character') {
      this.held[before] = held
      return false
    }
    if (taken === 'none') {
      this.forget()
      this.wedge.noteOtherKey()
      return false
    }
    // A second end, such as the LF behind a CR, belongs to the scan before it.
    if (before > 0) this.wasScan = this.codes.length > 0
    if (this.codes.length > 0) this.give(true)
    else if (before > 0) this.held = []
    return this.wasScan
  }

  private give(isEnded: boolean): void {
    const { target, codes } = this
    const held = this.held[this.wedge.text.length] ?? null
    this.codes = []
    this.held.length = this.wedge.text.length
    this.wasScan = true
    if (target && codes.length > 0) this.take({ codes, target, held, isEnded })
  }
}
