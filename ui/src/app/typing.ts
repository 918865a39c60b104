// What a page needs once somebody may scan on it. It is loaded with a page that has a form, with the first field that gets the focus, or
// with the first key.
import { FieldScans } from '../engine/fields'
import { placeScan } from './scans'

/** `early` are the keys that were pressed while this was loaded. */
export function watchTyping(root: Document, early: readonly KeyboardEvent[]): void {
  const scans = new FieldScans((scan) => placeScan(root, scan))
  const onKey = (event: KeyboardEvent): void => {
    if (!scans.press(event)) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  for (const event of early) if (!(event.target instanceof HTMLInputElement)) scans.press(event)
  window.addEventListener('keydown', onKey, true)
  window.addEventListener('pointerdown', () => scans.forget(), true)
}
