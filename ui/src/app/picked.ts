// Rows of a list that are picked: how many are, all of a page at once, and a range with the shift key.
//
// Invariant: picking and sending work without script; this counts and saves presses.

export function countPicked(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-picked]')) {
    const told = form.querySelector<HTMLElement>('[data-picked-count]')
    const words = told?.dataset.pickedCount ?? ''
    const boxes = Array.from(form.elements).filter(
      (part): part is HTMLInputElement => part instanceof HTMLInputElement && part.name === 'pick',
    )
    const head = form.closest('section')?.querySelector<HTMLElement>('[data-pick-all]')
    const all = document.createElement('input')
    if (head) {
      all.type = 'checkbox'
      all.setAttribute('aria-label', head.dataset.pickAll ?? '')
      head.replaceChildren(all)
    }
    const tell = (): void => {
      const count = boxes.filter((box) => box.checked).length
      if (told) told.textContent = words.replace('{n}', String(count))
      all.checked = count > 0 && count === boxes.length
      all.indeterminate = count > 0 && count < boxes.length
      for (const box of boxes) box.closest('tr')?.setAttribute('aria-selected', String(box.checked))
    }
    all.addEventListener('change', () => {
      for (const box of boxes) box.checked = all.checked
      tell()
    })
    let last = -1
    for (const [at, box] of boxes.entries()) {
      box.addEventListener('click', (event) => {
        if (event.shiftKey && last >= 0) {
          for (const between of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) between.checked = box.checked
        }
        last = at
        tell()
      })
    }
    // Browsers keep what was picked when a page is loaded again.
    tell()
  }
}

/** What is behind a word at the right of a list closes when something else is pressed, or with Escape. */
export function closeDrops(page: Document): void {
  const open = (): HTMLDetailsElement[] => Array.from(page.querySelectorAll<HTMLDetailsElement>('details.drop[open]'))
  page.addEventListener('click', ({ target }) => {
    for (const drop of open()) if (!(target instanceof Node && drop.contains(target))) drop.open = false
  })
  page.addEventListener('keydown', (event) => {
    const drops = open()
    if (event.key !== 'Escape' || drops.length === 0) return
    event.preventDefault()
    for (const drop of drops) {
      drop.open = false
      drop.querySelector('summary')?.focus()
    }
  })
}
