// Filters that take effect when they are chosen: `<select data-auto>` in `form[data-filters]`.
//
// Invariant: somebody who goes through the choices with the arrow keys does not land on a new page between
// two of them; without script the form's button does the same.

const KEYBOARD_PAUSE_MS = 700

export function submitFilters(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-filters]')) {
    let byKeyboard = false
    let timer: ReturnType<typeof setTimeout> | undefined
    form.addEventListener('keydown', () => (byKeyboard = true), true)
    form.addEventListener('pointerdown', () => (byKeyboard = false), true)
    form.addEventListener('change', ({ target }) => {
      if (!(target instanceof HTMLSelectElement) || !target.matches('[data-auto]')) return
      clearTimeout(timer)
      timer = setTimeout(() => form.requestSubmit(), byKeyboard ? KEYBOARD_PAUSE_MS : 0)
    })
    form.addEventListener('submit', () => clearTimeout(timer))
  }
}
