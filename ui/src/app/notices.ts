// How many notices are unread, beside the bell of every page.
//
// Invariant: only a page that somebody looks at asks, and no more than twice a minute.

const PAUSE_MS = 30_000

async function count(address: string): Promise<number | null> {
  try {
    const response = await fetch(address, { credentials: 'same-origin' })
    const body = response.ok ? ((await response.json()) as { unread?: unknown }) : {}
    return typeof body.unread === 'number' ? body.unread : null
  } catch {
    return null
  }
}

export function showUnread(root: ParentNode): void {
  const bell = root.querySelector<HTMLElement>('[data-unread]')
  const shown = bell?.querySelector<HTMLElement>('b')
  if (!bell?.dataset.unread || !shown) return
  const address = bell.dataset.unread
  const plain = bell.getAttribute('aria-label') ?? ''
  const look = async (): Promise<void> => {
    if (document.visibilityState !== 'visible') return
    const unread = await count(address)
    if (unread === null) return
    shown.textContent = String(unread)
    shown.hidden = unread === 0
    bell.setAttribute('aria-label', unread === 0 ? plain : (bell.dataset.words ?? plain).replace('%n%', String(unread)))
  }
  void look()
  setInterval(() => void look(), PAUSE_MS)
  document.addEventListener('visibilitychange', () => void look())
}
