// Turns what a scanner types into codes. A scanner is a very fast keyboard that ends a code with
// Enter, Line feed, Tab or nothing at all; a person types slowly into the same box and presses Enter.
//
// Invariants: no character is lost, however close the presses are; what a scanner sends is read by
// the position of its keys, so the keyboard layout and caps lock do not matter; one code comes out
// once, in the order of the presses.
import { characterOf, type Press } from './keymap'

export const PAUSE_MS = 120
/** Once a scanner has shown that it ends its codes with a key, a pause is a computer that was held up. */
export const PAUSE_SUFFIX_SEEN_MS = 600
const BURST_GAP_MS = 50
const BURST_CHARS_MIN = 4
/** A Tab after slow scanning is still a suffix; a person's Tab comes later than this. */
const TAB_GAP_MS = 100
/** An Enter this soon after a code that a pause has ended belongs to that code. */
const LATE_SUFFIX_MS = 500
/** What lies in the box longer than this before a burst begins was typed by hand: not of the burst. */
const STALE_MS = 400
const CODE_CHARS_MAX = 200
const CLEAN = /^[A-Z0-9-]+$/

export type Source = 'scanner' | 'hand'
export type Taken = 'character' | 'end' | 'none'

export interface TimedPress extends Press {
  atMs: number
}

export interface WedgeDeps {
  onCode(code: string, source: Source): void
  /** The text in the box changed. */
  onText(text: string): void
  setTimer(work: () => void, delayMs: number): unknown
  clearTimer(timer: unknown): void
}

interface Char {
  physical: string
  typed: string
  atMs: number
}

/**
 * By position, as a US keyboard. A scanner that was set to the computer's own layout gives itself
 * away: its digits would be signs by position, while its characters make a clean code.
 */
function readScan(chars: readonly Char[]): string {
  const physical = chars.map((char) => char.physical).join('')
  const typed = chars.map((char) => char.typed).join('')
  return !CLEAN.test(physical) && CLEAN.test(typed) ? typed : physical
}

function meanGapMs(chars: readonly Char[]): number {
  const first = chars[0]
  const last = chars[chars.length - 1]
  if (!first || !last || chars.length < 2) return Number.POSITIVE_INFINITY
  return (last.atMs - first.atMs) / (chars.length - 1)
}

export class Wedge {
  private chars: Char[] = []
  private timer: unknown = null
  private endedByPauseMs = Number.NEGATIVE_INFINITY
  private pauseMs = PAUSE_MS

  constructor(private readonly deps: WedgeDeps) {}

  get text(): string {
    return this.chars.map((char) => char.typed).join('')
  }

  /** One key press. What is taken must not reach the page any more. */
  press(press: TimedPress): Taken {
    if (this.isEnd(press)) return this.end(press)
    const character = characterOf(press)
    if (!character) return 'none'
    if (character.physical === ' ' && this.chars.length === 0) return 'none'
    this.add([{ ...character, atMs: press.atMs }])
    this.deps.onText(this.text)
    return 'character'
  }

  /** Text that came without key presses: pasted, inserted, or from a soft keyboard's Enter. */
  insert(text: string, atMs: number): void {
    const parts = text.toUpperCase().split(/[\r\n\t]+/)
    parts.forEach((part, index) => {
      const clean = part.replace(/[\u0000-\u001f\u007f]/g, '')
      this.add([...clean].map((char) => ({ physical: char, typed: char, atMs })))
      if (index < parts.length - 1) this.finish()
    })
    this.deps.onText(this.text)
  }

  /** The box was changed behind our back (soft keyboard, backspace, cut): the box is right. */
  replace(text: string, atMs: number): void {
    const before = this.text
    const now = text.toUpperCase()
    if (now === before) return
    if (now.startsWith(before)) return this.insert(text.slice(before.length), atMs)
    this.chars = [...now].map((char) => ({ physical: char, typed: char, atMs: Number.NEGATIVE_INFINITY }))
    this.stopTimer()
  }

  backspace(): void {
    this.chars.pop()
    this.stopTimer()
    this.deps.onText(this.text)
  }

  clear(): void {
    this.chars = []
    this.stopTimer()
    this.deps.onText('')
  }

  private isEnd(press: TimedPress): boolean {
    if (press.alt || press.meta) return false
    if (press.ctrl) {
      // Some scanners send CR and LF as Ctrl+M and Ctrl+J. A person's Ctrl+M has no burst before it.
      return (press.code === 'KeyM' || press.code === 'KeyJ') && this.isBurst(press.atMs, PAUSE_MS)
    }
    if (press.key === 'Enter' || press.code === 'Enter' || press.code === 'NumpadEnter') return true
    if (press.key === '\n' || press.key === '\r') return true
    const isTab = press.key === 'Tab' || press.code === 'Tab'
    return isTab && !press.shift && this.isTabSuffix(press.atMs)
  }

  private isTabSuffix(atMs: number): boolean {
    if (this.chars.length === 0) return atMs - this.endedByPauseMs < LATE_SUFFIX_MS
    const last = this.chars[this.chars.length - 1]
    return last !== undefined && atMs - last.atMs <= PAUSE_MS && meanGapMs(this.tail()) <= TAB_GAP_MS
  }

  private end(press: TimedPress): Taken {
    if (this.chars.length > 0) {
      if (this.isBurst()) this.pauseMs = PAUSE_SUFFIX_SEEN_MS
      this.finish()
      return 'end'
    }
    return press.atMs - this.endedByPauseMs < LATE_SUFFIX_MS ? 'end' : 'none'
  }

  private add(chars: Char[]): void {
    for (const char of chars) {
      if (this.chars.length < CODE_CHARS_MAX) this.chars.push(char)
    }
    this.stopTimer()
    if (this.isBurst()) this.waitForPause(this.pauseMs)
  }

  private waitForPause(delayMs: number): void {
    const count = this.chars.length
    const askedMs = performance.now()
    this.timer = this.deps.setTimer(() => {
      this.timer = null
      if (this.chars.length !== count) return
      const lateMs = performance.now() - askedMs - delayMs
      // The page itself was held up, and so were the presses: give them the same time once more.
      if (lateMs > PAUSE_MS) return this.waitForPause(PAUSE_MS)
      this.endedByPauseMs = (this.chars[count - 1]?.atMs ?? 0) + this.pauseMs
      this.finish()
    }, delayMs)
  }

  private stopTimer(): void {
    if (this.timer !== null) this.deps.clearTimer(this.timer)
    this.timer = null
  }

  /** The characters since the last long silence: of a scan, all of it. */
  private tail(): Char[] {
    let start = this.chars.length - 1
    while (start > 0) {
      const gapMs = (this.chars[start]?.atMs ?? 0) - (this.chars[start - 1]?.atMs ?? 0)
      if (gapMs > STALE_MS) break
      start -= 1
    }
    return this.chars.slice(Math.max(start, 0))
  }

  private isBurst(nowMs?: number, withinMs = 0): boolean {
    const tail = this.tail()
    const last = tail[tail.length - 1]
    if (!last || tail.length < BURST_CHARS_MIN) return false
    if (nowMs !== undefined && nowMs - last.atMs > withinMs) return false
    return meanGapMs(tail) < BURST_GAP_MS
  }

  private finish(): void {
    this.stopTimer()
    const tail = this.tail()
    const isScan = this.isBurst()
    const chars = isScan ? tail : this.chars
    // What a person had begun to type before the scan stays in the box.
    this.chars = isScan ? this.chars.slice(0, this.chars.length - tail.length) : []
    const code = (isScan ? readScan(chars) : chars.map((char) => char.typed).join('')).trim()
    this.deps.onText(this.text)
    if (code !== '') this.deps.onCode(code, isScan ? 'scanner' : 'hand')
  }
}
