// Catches key presses for the wedge wherever the focus is, and the few shortcuts of a station.
//
// Invariants: presses are caught on the window before anything else sees them; any other text field
// keeps the keys of a person, while a scan into it goes where scans go; a shortcut is Alt and a letter, because a scanner may send plain letters, and Ctrl with a letter
// in front of a code or behind it.
import { FieldScans, type FieldScan } from './fields'
import type { Wedge } from './wedge'

export interface Shortcuts {
  /** Alt Z. */
  undo(): void
  /** Alt C: finishes what is being worked on. */
  finish(): void
  /** Alt M: does what a refusal offers. */
  accept(): void
  /** Escape, if nothing was typed. */
  clear?(): void
}

function isForeignField(target: EventTarget | null, box: HTMLInputElement): boolean {
  if (!(target instanceof HTMLElement) || target === box) return false
  if (target.isContentEditable) return true
  return target.matches('input, textarea, select')
}

function shortcutOf(event: KeyboardEvent, shortcuts: Shortcuts): (() => void) | null {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return null
  if (event.code === 'KeyC') return () => shortcuts.finish()
  if (event.code === 'KeyZ') return () => shortcuts.undo()
  if (event.code === 'KeyM') return () => shortcuts.accept()
  return null
}

function stop(event: Event): void {
  event.preventDefault()
  event.stopPropagation()
}

/** The box may hold text that came without key presses, or all of it may be selected, to be typed over. */
function followBox(event: KeyboardEvent, wedge: Wedge, box: HTMLInputElement): void {
  wedge.replace(box.value, event.timeStamp)
  const length = box.value.length
  const isAllSelected = length > 0 && box.selectionStart === 0 && box.selectionEnd === length
  if (isAllSelected && event.key.length === 1 && !event.ctrlKey && !event.metaKey) wedge.clear()
}

function onKeyDown(event: KeyboardEvent, wedge: Wedge, box: HTMLInputElement, shortcuts: Shortcuts): void {
  // A soft keyboard reports no keys; the box gets the text, and its input event reports it.
  const isSoft = event.isComposing || event.keyCode === 229 || event.key === 'Unidentified'
  if (isSoft && event.code === '' && event.key !== 'Enter') return
  // No scanner repeats a key: something is lying on it.
  if (event.repeat && event.key.length === 1 && !event.ctrlKey && !event.metaKey) return stop(event)
  if (event.target === box) followBox(event, wedge, box)
  const taken = wedge.press({
    code: event.code,
    key: event.key,
    shift: event.shiftKey,
    ctrl: event.ctrlKey,
    alt: event.altKey,
    meta: event.metaKey,
    atMs: event.timeStamp,
  })
  if (taken !== 'none') return stop(event)
  const shortcut = shortcutOf(event, shortcuts)
  if (shortcut) {
    stop(event)
    if (!event.repeat) shortcut()
    return
  }
  if (event.key === 'Backspace' && event.target !== box && wedge.text !== '') {
    stop(event)
    wedge.backspace()
  } else if (event.key === 'Escape' && wedge.text !== '') {
    stop(event)
    wedge.clear()
  } else if (event.key === 'Escape') {
    shortcuts.clear?.()
  }
}

/** The other field holds again what it held, and the codes are scans like others. */
function takeFrom({ target, held, codes }: FieldScan, wedge: Wedge): void {
  if (held && target instanceof HTMLInputElement) target.value = held.value
  for (const code of codes) wedge.insert(`${code}\n`, performance.now())
}

export function catchKeys(wedge: Wedge, box: HTMLInputElement, shortcuts: Shortcuts): void {
  const others = new FieldScans((scan) => takeFrom(scan, wedge))
  window.addEventListener(
    'keydown',
    (event) => {
      if (!isForeignField(event.target, box)) onKeyDown(event, wedge, box, shortcuts)
      else if (others.press(event)) stop(event)
    },
    true,
  )
  window.addEventListener(
    'paste',
    (event) => {
      if (isForeignField(event.target, box)) return
      const text = event.clipboardData?.getData('text') ?? ''
      // Into the box the browser pastes by itself; but it would drop the ends of lines, and glue codes together.
      if (event.target === box && !/[\r\n\t]/.test(text)) return
      stop(event)
      wedge.insert(text, event.timeStamp)
    },
    true,
  )
  box.addEventListener('beforeinput', (event) => {
    // The Enter of a soft keyboard, if it comes as input and not as a key.
    if (event.inputType !== 'insertLineBreak') return
    stop(event)
    wedge.insert('\n', event.timeStamp)
  })
  box.addEventListener('input', (event) => wedge.replace(box.value, event.timeStamp))
  box.addEventListener('compositionend', (event) => wedge.replace(box.value, event.timeStamp))
}
