// The page that is come back to is the page that was left: where it was scrolled to, its tables too.
//
// Invariant: only a step back or forward, or a reload, moves anything; a page that is opened anew
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
    // Then the browser's own memory must do.
  }
}

function isComeBackTo(): boolean {
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
  if (isComeBackTo()) restoreScroll()
}
