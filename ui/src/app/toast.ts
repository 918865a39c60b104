// What was done is said in a toast at the foot of the page. It goes when it is dismissed, or after a while where nothing
// can be undone in it; one with an undo stays until it is dismissed.
//
// Invariant: it never goes while somebody points at it or has the focus in it.

const SHOWN_MS = 8_000

export function showToasts(root: ParentNode): void {
  for (const toast of root.querySelectorAll<HTMLElement>('.toast')) {
    const dismiss = toast.querySelector<HTMLButtonElement>('[data-dismiss]')
    if (!dismiss) continue
    dismiss.addEventListener('click', () => toast.remove())
    if (toast.querySelector('form')) continue
    const leave = (): void => {
      if (toast.matches(':hover, :focus-within')) setTimeout(leave, SHOWN_MS)
      else toast.remove()
    }
    setTimeout(leave, SHOWN_MS)
  }
}
