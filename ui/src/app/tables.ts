// Tables that are too wide scroll inside their sheet, and show on which side columns are cut. One that fits does not
// scroll, so its head can stay below the bar of the page.
//
// Invariant: without script every table scrolls, and nothing is hidden.

export function look(part: HTMLElement): void {
  const over = part.scrollWidth - part.clientWidth
  const fits = over <= 1
  part.classList.toggle('fits', fits)
  part.classList.toggle('cut-left', !fits && part.scrollLeft > 1)
  part.classList.toggle('cut-right', !fits && part.scrollLeft < over - 1)
  // Nothing to scroll is nothing to stop at.
  if (fits) part.removeAttribute('tabindex')
  else part.tabIndex = 0
}

export function fitTables(root: ParentNode): void {
  const parts = root.querySelectorAll<HTMLElement>('.scroll')
  const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => look(target as HTMLElement)))
  for (const part of parts) {
    part.addEventListener('scroll', () => look(part), { passive: true })
    watch.observe(part)
  }
}
