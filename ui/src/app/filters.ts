// Filters that take effect when they are chosen: `<select data-auto>` in `form[data-filters]`.
//
// Invariant: somebody who goes through the choices with the arrow keys does not land on a new page between
// two of them; without script the form's button does the same.
//
// Days that follow from a period are shown without a name, so that they are not sent along; one that is changed gets its
// name back, and the period goes.

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
    form.addEventListener('input', ({ target }) => {
      if (!(target instanceof HTMLInputElement) || target.dataset.name === undefined) return
      for (const day of form.querySelectorAll<HTMLInputElement>('[data-name]')) {
        day.name = day.dataset.name ?? ''
        delete day.dataset.name
      }
      const period = form.querySelector<HTMLSelectElement>('select[name=days]')
      if (period) period.value = ''
    })
    // A browser without ::details-content keeps the filters folded on wide screens, too.
    const fold = form.closest('details')
    if (fold && !CSS.supports('selector(::details-content)') && matchMedia('(min-width: 761px)').matches) fold.open = true
    form.addEventListener('submit', () => clearTimeout(timer))
  }
}
