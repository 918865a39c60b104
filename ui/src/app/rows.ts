// The rows of a list by keyboard: arrow down and up go from the first link of a row to that of the next; Enter opens it, as
// it opens every link.
//
// Invariant: keys that belong to a field, a menu or a dialog are left alone.

const OWN_KEYS = 'input, select, textarea, button, summary, [role=listbox], [role=menu], [contenteditable]'

function rowLinks(root: ParentNode): HTMLAnchorElement[] {
  const rows = Array.from(root.querySelectorAll('main table.cards > tbody > tr'))
  return rows.map((row) => row.querySelector<HTMLAnchorElement>('a[href]')).filter((link) => link !== null)
}

/** The link that a key leads to from the present focus; null where it leads nowhere. */
export function nextLink(root: ParentNode, focused: Element | null, key: string): HTMLAnchorElement | null {
  const links = rowLinks(root)
  const row = focused?.closest('tr') ?? null
  const at = links.findIndex((link) => link === focused || (row !== null && link.closest('tr') === row))
  if (at < 0) return key === 'ArrowDown' ? (links[0] ?? null) : null
  return links[key === 'ArrowDown' ? at + 1 : at - 1] ?? null
}

export function moveThroughRows(page: Document): void {
  page.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const focused = page.activeElement
    if (focused?.matches(OWN_KEYS)) return
    const isElsewhere = focused !== null && focused !== page.body && focused.closest('main table.cards') === null
    if (isElsewhere) return
    const link = nextLink(page, focused, event.key)
    if (!link) return
    event.preventDefault()
    link.focus()
    link.scrollIntoView({ block: 'nearest' })
  })
}
