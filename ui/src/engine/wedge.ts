// Turns what a scanner types into codes. A scanner is a very fast keyboard that ends a code with
// Enter, Line feed, Tab or nothing at all; a person types slowly into the same box and presses Enter.
//
// Invariants: no character is lost, however close the presses are; what a scanner sends is read by
// the position of its keys, so the keyboard layout and caps lock do not matter; one code comes out
// once, in the order of the presses; times are those at which the keys were pressed, not those at
// which a busy page received them; half a code is not taken for a whole one if earlier codes can tell
// the two apart.
import { characterOf, type Press } from './keymap'
import { withoutAim } from './code'
import { Shapes } from './shapes'

/** A code ends this long after its last key, for a scanner that ends codes with nothing. */
export const PAUSE_MS = 250
/** What arrives within this time may still belong to the same code: the computer or the radio was slow. */
export const STALL_MS = 2_000
/** Twenty characters a second, and a little for a busy computer. */
const BURST_GAP_MS = 60
const BURST_CHARS_MIN = 4
/** Ctrl+M, Ctrl+J and Tab follow the last character of a scan at once. */
const SUFFIX_GAP_MS = 120
/** A Tab after slow scanning is still a suffix; a person's Tab comes later than this. */
const TAB_GAP_MS = 100
/** An Enter this soon after a code that a pause has ended belongs to that code. */
const LATE_SUFFIX_MS = 500
const SECOND_END_MS = 300
/** No scanner pauses this long: what was in the box before belongs to something else, or the code was delayed. */
const SILENCE_MS = 400
/** This many codes in a row without an ending key come from another scanner, one that sends none. */
const BARE_ENDS_MAX = 2
const CODE_CHARS_MAX = 200
const CLEAN = /^[A-Z0-9-]+$/
/** What separates the parts of a GS1 code; as keys it is Ctrl+]. */
const GROUP_SEPARATOR = '\u001d'

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
 * By position, as on a US keyboard. A scanner that was set to the computer's own layout is recognised:
 * by position its digits would be punctuation, while its characters make a clean code.
 */
function readScan(chars: readonly Char[]): string {
  const physical = chars.map((char) => char.physical).join('')
  const typed = chars.map((char) => char.typed).join('')
  const isClean = (text: string) => CLEAN.test(withoutAim(text))
  return (!isClean(physical) && isClean(typed) ? typed : physical).trim()
}

function gapBefore(chars: readonly Char[], index: number): number {
  return (chars[index]?.atMs ?? 0) - (chars[index - 1]?.atMs ?? 0)
}

/** The mean gap. Silences do not count, because they say nothing about who is typing. */
function meanGapMs(chars: readonly Char[]): number {
  const gaps = chars.slice(1).map((_, index) => gapBefore(chars, index + 1))
  const counted = gaps.filter((gapMs) => !(gapMs > SILENCE_MS))
  return counted.length === 0 ? Number.POSITIVE_INFINITY : counted.reduce((sum, gapMs) => sum + gapMs, 0) / counted.length
}

const isFast = (chars: readonly Char[]): boolean => meanGapMs(chars) < BURST_GAP_MS
const isScan = (chars: readonly Char[]): boolean => chars.length >= BURST_CHARS_MIN && isFast(chars)

/** Where the run of characters begins that came without a silence and ends at `end`. */
function pieceStart(chars: readonly Char[], end: number): number {
  let start = Math.max(end - 1, 0)
  while (start > 0 && !(gapBefore(chars, start) > SILENCE_MS)) start -= 1
  return start
}

export class Wedge {
  private chars: Char[] = []
  private timer: unknown = null
  private endedByPauseMs = Number.NEGATIVE_INFINITY
  private endedByKeyMs = Number.NEGATIVE_INFINITY
  /** The code that the last pause ended. */
  private ended: readonly Char[] = []
  /** True once the scanner has ended a code with a key. */
  private hasSuffix = false
  private bareEnds = 0
  private readonly shapes = new Shapes()

  constructor(private readonly deps: WedgeDeps) {}

  get text(): string {
    return this.chars.map((char) => char.typed).join('')
  }

  /** One key press. The page must not see a press that was taken. */
  press(press: TimedPress): Taken {
    if (this.isEnd(press)) return this.end(press)
    const character = this.isSeparator(press) ? { physical: GROUP_SEPARATOR, typed: GROUP_SEPARATOR } : characterOf(press)
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
      this.add([...part].map((char) => ({ physical: char, typed: char, atMs })))
      if (index < parts.length - 1) this.finish('key')
    })
    this.deps.onText(this.text)
  }

  /** The box was changed by something else (soft keyboard, backspace, cut): the box is right. */
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
      const isLineEnd = press.code === 'KeyM' || press.code === 'KeyJ'
      return (isLineEnd && this.followsScan(press.atMs)) || (press.code === 'KeyJ' && this.followsEnd(press.atMs))
    }
    if (press.key === 'Enter' || press.code === 'Enter' || press.code === 'NumpadEnter') return true
    if (press.key === '\n' || press.key === '\r') return true
    const isTab = press.key === 'Tab' || press.code === 'Tab'
    return isTab && !press.shift && this.isTabSuffix(press.atMs)
  }

  /** Left out, it would glue the parts before and behind it together. */
  private isSeparator({ code, key, ctrl, alt, meta, atMs }: TimedPress): boolean {
    if (key === GROUP_SEPARATOR) return true
    return ctrl && !alt && !meta && code === 'BracketRight' && this.sinceLast(atMs) <= SUFFIX_GAP_MS
  }

  private isTabSuffix(atMs: number): boolean {
    if (this.chars.length === 0) return atMs - this.endedByPauseMs < LATE_SUFFIX_MS || this.followsEnd(atMs)
    return this.sinceLast(atMs) <= SUFFIX_GAP_MS && meanGapMs(this.run(this.chars)) <= TAB_GAP_MS
  }

  private followsScan(atMs: number): boolean {
    return isScan(this.run(this.chars)) && this.sinceLast(atMs) <= SUFFIX_GAP_MS
  }

  /** The LF behind a CR, or a second Enter of a scanner that sends two. */
  private followsEnd(atMs: number): boolean {
    return this.chars.length === 0 && atMs - this.endedByKeyMs < SECOND_END_MS
  }

  private sinceLast(atMs: number): number {
    return atMs - (this.chars[this.chars.length - 1]?.atMs ?? Number.NEGATIVE_INFINITY)
  }

  private end(press: TimedPress): Taken {
    if (this.chars.length > 0) {
      // A person's Enter after a scan that was left in the box is not a suffix.
      if (isScan(this.run(this.chars)) && this.sinceLast(press.atMs) < LATE_SUFFIX_MS) this.sawSuffix()
      this.finish('key')
      this.endedByKeyMs = press.atMs
      return 'end'
    }
    if (this.followsEnd(press.atMs)) return 'end'
    if (press.atMs - this.endedByPauseMs >= LATE_SUFFIX_MS) return 'none'
    this.sawSuffix()
    return 'end'
  }

  /** A key that is in no code and ends none was pressed: an Enter behind it is a person's. */
  noteOtherKey(): void {
    this.endedByPauseMs = Number.NEGATIVE_INFINITY
    this.endedByKeyMs = Number.NEGATIVE_INFINITY
  }

  private sawSuffix(): void {
    this.hasSuffix = true
    this.bareEnds = 0
    this.ended = []
  }

  private add(chars: Char[]): void {
    this.reopen(chars[0]?.atMs)
    for (const char of chars) {
      if (this.chars.length < CODE_CHARS_MAX) this.chars.push(char)
    }
    this.stopTimer()
    if (isScan(this.run(this.chars))) this.waitForPause(this.hasSuffix || this.isHalf() ? STALL_MS : PAUSE_MS)
  }

  /** A press was made before the pause was over, but arrived late: what the pause ended was not the whole code. */
  private reopen(atMs = Number.POSITIVE_INFINITY): void {
    const last = this.ended[this.ended.length - 1]
    if (last && atMs - last.atMs < PAUSE_MS) this.chars.push(...this.ended)
    this.ended = []
  }

  private isHalf(): boolean {
    return this.shapes.isBeginning(readScan(this.run(this.chars)))
  }

  private waitForPause(delayMs: number): void {
    const askedMs = performance.now()
    this.timer = this.deps.setTimer(() => {
      this.timer = null
      const lateMs = performance.now() - askedMs - delayMs
      // The page itself was slow, and so were the presses: give them the same time again.
      if (lateMs > SUFFIX_GAP_MS) return this.waitForPause(PAUSE_MS)
      // This scanner ends its codes with a key, so the box holds half a code: the rest, Enter or Escape decides.
      if (this.hasSuffix && this.isHalf()) return
      this.endedByPauseMs = (this.chars[this.chars.length - 1]?.atMs ?? 0) + delayMs
      this.finish('pause')
    }, delayMs)
  }

  private stopTimer(): void {
    if (this.timer !== null) this.deps.clearTimer(this.timer)
    this.timer = null
  }

  /** The characters of the last code: all since the last silence, and before it whatever was only delayed. */
  private run(chars: readonly Char[]): readonly Char[] {
    let start = pieceStart(chars, chars.length)
    while (start > 0) {
      const before = pieceStart(chars, start)
      if (!this.isOne(chars.slice(before, start), chars.slice(start))) break
      start = before
    }
    return chars.slice(start)
  }

  /** Whether two pieces with a silence between them are one code. The known shapes of codes decide, otherwise the time. */
  private isOne(first: readonly Char[], rest: readonly Char[]): boolean {
    const whole = [...first, ...rest]
    const isWholeKnown = this.shapes.has(readScan(whole))
    if (isWholeKnown !== this.shapes.has(readScan(rest))) return isWholeKnown
    if (isScan(first) && isScan(rest) && this.shapes.has(readScan(first))) return false
    return isFast(first) && gapBefore(whole, first.length) <= STALL_MS
  }

  private finish(by: 'key' | 'pause'): void {
    this.stopTimer()
    const run = this.run(this.chars)
    if (!isScan(run)) {
      const typed = this.text.trim()
      this.chars = []
      this.deps.onText('')
      if (typed !== '') this.deps.onCode(typed, 'hand')
      return
    }
    const codes = [this.take(run)]
    // There may be codes before it whose ending key was lost. What a person had begun to type stays in the box.
    for (;;) {
      const earlier = this.run(this.chars)
      if (!isScan(earlier) || !this.shapes.has(readScan(earlier))) break
      codes.unshift(this.take(earlier))
    }
    const isWhole = pieceStart(run, run.length) === 0
    if (isWhole && (by === 'key' || !this.hasSuffix)) this.shapes.learn(readScan(run))
    if (by === 'pause') this.endedBare(run, codes.length)
    this.deps.onText(this.text)
    for (const code of codes) if (code !== '') this.deps.onCode(code, 'scanner')
  }

  private take(run: readonly Char[]): string {
    this.chars = this.chars.slice(0, this.chars.length - run.length)
    return readScan(run)
  }

  private endedBare(run: readonly Char[], codes: number): void {
    this.ended = run
    this.bareEnds += codes
    if (this.bareEnds >= BARE_ENDS_MAX) this.hasSuffix = false
  }
}
