// The list of customers of the ERP in the form of an account: a search box that filters while somebody types, and the box
// for everything, which clears and disables the others. Without this script the form works all the same.
//
// Invariant: what is ticked is never hidden, and the box for everything never is.

function start(group: HTMLElement): void {
  const all = group.querySelector<HTMLInputElement>('[data-choose-all]')
  const find = group.querySelector<HTMLInputElement>('[data-choose-find]')
  const count = group.querySelector<HTMLElement>('[data-choose-count]')
  const boxes = [...group.querySelectorAll<HTMLInputElement>('input[name=customer]')]
  const names = new Map(boxes.map((box) => [box, (box.closest('label')?.textContent ?? '').trim().toLowerCase()]))

  const show = (): void => {
    const wanted = (find?.value ?? '').trim().toLowerCase()
    for (const box of boxes) {
      const label = box.closest('label')
      if (label) label.hidden = !box.checked && !(names.get(box) ?? '').includes(wanted)
    }
    const chosen = boxes.filter((box) => box.checked).length
    if (count) count.textContent = (count.dataset.words ?? '').replace('{n}', String(chosen))
  }
  const settle = (): void => {
    for (const box of boxes) {
      if (all?.checked) box.checked = false
      box.disabled = all?.checked ?? false
    }
    show()
  }
  all?.addEventListener('input', settle)
  find?.addEventListener('input', show)
  find?.addEventListener('keydown', (event) => {
    // The filter works already; Enter would save the form.
    if (event.key === 'Enter') event.preventDefault()
  })
  group.addEventListener('change', show)
  settle()
}

for (const group of document.querySelectorAll<HTMLElement>('[data-choose]')) start(group)
