// The page of a gate: what a scanner types is sent without leaving the page, and yes or no is heard, too.
//
// Invariant: the page works without this script. A scan keeps its id and its time until it is answered, so a lost
// reply is asked for again and nobody is counted twice; what is scanned meanwhile waits in order.
import { setText } from '../../engine/dom'
import { call } from '../../engine/http'
import { newScanId } from '../../engine/scan-id'
import { makeSound } from '../../engine/sounds'

const PAUSE_MS = 500
/** The parts of the page that an answer replaces; the form stays, so that nothing that is being typed is lost. */
const PARTS = ['#verdict', '#results']

interface Waiting {
  address: string
  body: URLSearchParams
}

const waiting: Waiting[] = []
let isSending = false

function show(html: string): void {
  const fresh = new DOMParser().parseFromString(html, 'text/html')
  for (const part of PARTS) {
    const [before, after] = [document.querySelector(part), fresh.querySelector(part)]
    if (before && after) before.replaceChildren(...Array.from(after.childNodes, (node) => document.importNode(node, true)))
  }
  const verdict = document.querySelector('.verdict')
  if (verdict) makeSound(verdict.classList.contains('yes') ? 'high' : verdict.classList.contains('again') ? 'low' : 'refused')
  document.querySelector<HTMLInputElement>('#code')?.focus()
}

function sayNotSent(): void {
  const verdict = document.querySelector<HTMLElement>('#verdict')
  if (verdict) setText(verdict, verdict.dataset.network ?? '')
}

/** Sends what waits, in order; what is not answered is sent again. */
async function sendAll(): Promise<void> {
  for (let first = waiting[0]; first; first = waiting[0]) {
    const response = await call(first.address, { method: 'POST', body: first.body })
    if (response?.ok) {
      waiting.shift()
      show(await response.text())
    } else if (response && response.status < 500 && response.status !== 429) {
      // Signed out, or no longer at this event: the page says so.
      location.reload()
      return
    } else {
      sayNotSent()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.closest('#main') || !form.action.endsWith('/gate')) return
  event.preventDefault()
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(form, event.submitter)) if (typeof value === 'string') body.set(name, value)
  body.set('scan', newScanId())
  body.set('at', new Date().toISOString())
  const code = form.querySelector<HTMLInputElement>('#code')
  if (code) code.value = ''
  waiting.push({ address: form.action, body })
  if (isSending) return
  isSending = true
  void sendAll().finally(() => {
    isSending = false
  })
})
