// Returning to a page shows it as it was left: scrolled to the same place, its tables too.
//
// Invariant: only a step back or forward, or a reload, moves anything; a page that is opened normally
// begins at its top.

const KEY = 'scroll'
const PAGES_MAX = 30

interface Place {
  page: string
  top: number
  /** Left and top of each `.scroll` part, in their order. */
  parts: [number, number][]
}

function places(): Place[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? (kept as Place[]) : []
  } catch {
    return []
  }
}

const scrolled = () => document.querySelectorAll<HTMLElement>('.scroll')
const pageName = () => location.pathname + location.search

function keep(): void {
  const parts = Array.from(scrolled(), ({ scrollLeft, scrollTop }): [number, number] => [scrollLeft, scrollTop])
  const place: Place = { page: pageName(), top: window.scrollY, parts }
  const others = places().filter(({ page }) => page !== place.page)
  try {
    sessionStorage.setItem(KEY, JSON.stringify([place, ...others].slice(0, PAGES_MAX)))
  } catch {
    // Then only the browser's own scroll position is left.
  }
}

function isReturn(): boolean {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return entry?.type === 'back_forward' || entry?.type === 'reload'
}

export function restoreScroll(): void {
  const place = places().find(({ page }) => page === pageName())
  if (!place || location.hash !== '') return
  scrolled().forEach((node, index) => {
    const [left, top] = place.parts[index] ?? [0, 0]
    node.scrollTo(left, top)
  })
  window.scrollTo(0, place.top)
}

export function rememberScroll(): void {
  window.addEventListener('pagehide', keep)
  if (isReturn()) restoreScroll()
}
