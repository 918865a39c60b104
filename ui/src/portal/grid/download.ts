// A file of what is shown: the server makes it of the same view, so the browser sends what is chosen and no rows.
import type { Calls } from './calls'
import type { View } from './view'

type Words = (key: string, values?: Record<string, string>) => string

function nameOf(answer: Response, kind: string): string {
  return /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? `stock.${kind}`
}

/** Asks for the file and hands it to the browser; the button says that it is being made. */
export async function download(calls: Calls, button: HTMLButtonElement, asked: { view: View; read: string }, words: Words): Promise<void> {
  const kind = button.dataset.export ?? 'xlsx'
  const before = button.textContent ?? ''
  button.disabled = true
  button.textContent = words('export-making')
  const answer = await calls.raw('POST', `/inventory/api/export-${kind}`, asked)
  const file = answer?.ok ? await answer.blob().catch(() => null) : null
  button.disabled = false
  button.textContent = before
  const told = document.querySelector<HTMLElement>('#export-failed')
  if (told) told.hidden = file !== null
  if (!answer || !file) return
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = nameOf(answer, kind)
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
