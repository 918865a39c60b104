// Long work shows how far it is: `[data-progress]` with `data-address` is asked every second for
// {done, total, state, line}; its <progress> and its `[data-progress-line]` follow, and the page is
// reloaded when the work has ended.
//
// Invariants: one request at a time for each piece of work; a server that does not answer is asked less
// often; a page that already shows the end is never reloaded in a loop.

const EVERY_MS = 1_000
const EVERY_MS_MAX = 30_000
const ENDED = new Set(['done', 'finished', 'completed', 'failed', 'refused', 'cancelled', 'canceled', 'rolled_back'])

interface Progress {
  done?: number
  total?: number
  state?: string
  line?: string
}

export function showProgress(node: HTMLElement, { done, total, state, line }: Progress): void {
  const bar = node.querySelector('progress')
  if (bar && typeof total === 'number' && total > 0) bar.max = total
  if (bar && typeof done === 'number') bar.value = done
  const words = node.querySelector('[data-progress-line]')
  if (words && typeof line === 'string' && words.textContent !== line) words.textContent = line
  if (typeof state === 'string') node.dataset.state = state
}

/** True if the page must be reloaded: the work has ended since the page was made. */
export function hasEnded(atFirst: string | undefined, state: string | undefined): boolean {
  return state !== undefined && ENDED.has(state) && state !== atFirst
}

async function ask(address: string): Promise<Progress | 'gone' | null> {
  try {
    const response = await fetch(address, { credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(10_000) })
    if ([401, 403, 404, 410].includes(response.status)) return 'gone'
    return response.ok ? ((await response.json()) as Progress) : null
  } catch {
    return null
  }
}

function follow(node: HTMLElement, address: string, reload: () => void): void {
  const atFirst = node.dataset.state
  let isFirst = true
  let waitMs = EVERY_MS
  const look = async (): Promise<void> => {
    const progress = document.hidden ? null : await ask(address)
    if (progress === 'gone') return
    if (progress) {
      showProgress(node, progress)
      const isOver = hasEnded(atFirst, progress.state)
      // A page without data-state whose first answer is the end has nothing newer to load.
      if (isOver && !(isFirst && atFirst === undefined)) return reload()
      if (isOver || (progress.state !== undefined && ENDED.has(progress.state))) return
      isFirst = false
    }
    waitMs = progress || document.hidden ? EVERY_MS : Math.min(EVERY_MS_MAX, waitMs * 2)
    setTimeout(() => void look(), waitMs)
  }
  setTimeout(() => void look(), EVERY_MS)
}

export function followProgress(root: ParentNode, reload: () => void = () => location.reload()): void {
  for (const node of root.querySelectorAll<HTMLElement>('[data-progress][data-address]')) {
    follow(node, node.dataset.address ?? '', reload)
  }
}
