// Keeps the figures of an event up to date while somebody looks at its page.
//
// Invariant: the connection stands only while the page is seen, because a browser has few of them; if it is lost, the last
// figures stay and it is opened again.
const ADDRESS = '/api/v1/live'
const REOPEN_MS = 5_000

let source: EventSource | null = null
let reopening: ReturnType<typeof setTimeout> | undefined

function show(data: string): void {
  const event = document.getElementById('figures')?.dataset.event ?? ''
  let figures: Record<string, string> | undefined
  try {
    figures = (JSON.parse(data) as Record<string, Record<string, string>>)[event]
  } catch {
    return
  }
  for (const [id, text] of Object.entries(figures ?? {})) {
    const node = document.getElementById(id)
    if (node && node.textContent !== text) node.textContent = text
  }
}

function close(): void {
  clearTimeout(reopening)
  source?.close()
  source = null
}

function open(): void {
  close()
  if (document.visibilityState === 'hidden') return
  const person = document.body.dataset.person ?? ''
  source = new EventSource(`${ADDRESS}?person=${encodeURIComponent(person)}`)
  source.addEventListener('passes', ({ data }) => show(String(data)))
  source.addEventListener('error', () => {
    close()
    reopening = setTimeout(open, REOPEN_MS)
  })
}

document.addEventListener('visibilitychange', open)
window.addEventListener('pagehide', close)
window.addEventListener('pageshow', ({ persisted }) => persisted && open())
open()
