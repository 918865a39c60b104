// What a page needs once somebody may scan on it. It is loaded with a page that has a form, with the first field that gets the focus, or
// with the first key.
import { FieldScans, type Held } from '../engine/fields'
import { placeScan } from './scans'

/** A key that was pressed while this was loaded, and what its field held before it. */
export interface EarlyKey {
  event: KeyboardEvent
  held: Held | null
}

/** `early` are the keys that were pressed while this was loaded: a scan may have begun with them. */
export function watchTyping(root: Document, early: readonly EarlyKey[]): void {
  const scans = new FieldScans((scan) => placeScan(root, scan))
  const onKey = (event: KeyboardEvent): void => {
    if (!scans.press(event)) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  for (const { event, held } of early) {
    // A key that ended something in a field has done so already.
    if (held && (event.key === 'Enter' || event.key === 'Tab')) scans.forget()
    else scans.press(event, held ?? undefined)
  }
  window.addEventListener('keydown', onKey, true)
  window.addEventListener('pointerdown', () => scans.forget(), true)
}
