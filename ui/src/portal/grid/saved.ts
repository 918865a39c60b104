// Views that are saved under a name, links to them, what is sent by mail, and what is looked out for.
import { el, setText } from '../../engine/dom'
import type { Calls } from './calls'
import { linkOf, readView, type View } from './view'

interface Parts {
  calls: Calls
  words: (key: string, values?: Record<string, string>) => string
  view: () => View
  show: (view: View) => void
}

interface Saved {
  id: number
  name: string
  view: unknown
  mailing: 'off' | 'daily' | 'weekly'
}

interface Watch {
  id: number
  watching: { kind: 'expiry' | 'below'; part: string; limit: number }
}

const MAILINGS = ['off', 'daily', 'weekly'] as const

export function setUpSaved(page: HTMLElement, parts: Parts): void {
  const dialog = page.querySelector<HTMLDialogElement>('#saved')!
  const { calls, words } = parts
  const fault = dialog.querySelector<HTMLElement>('[role=alert]')!

  async function act(method: string, path: string, body?: unknown): Promise<boolean> {
    const answer = await calls.send(method, path, body)
    const isDone = answer.status >= 200 && answer.status < 300
    fault.hidden = isDone
    if (!isDone) setText(fault, typeof answer.body?.detail === 'string' ? answer.body.detail : words('not-done'))
    if (isDone) await list()
    return isDone
  }

  async function list(): Promise<void> {
    const [views, watches] = await Promise.all([calls.send('GET', '/inventory/api/views'), calls.send('GET', '/inventory/api/watches')])
    const canMail = views.body?.can_mail === true
    const saved = (views.body?.views as Saved[] | undefined) ?? []
    dialog.querySelector('#views-none')!.toggleAttribute('hidden', saved.length > 0)
    dialog.querySelector('#views')!.replaceChildren(...saved.map((one) => lineOf(one, canMail)))
    dialog.querySelector<HTMLElement>('#watch-part')!.hidden = !canMail
    dialog.querySelector<HTMLElement>('#no-mail')!.hidden = canMail
    dialog.querySelector('#watches')!.replaceChildren(...((watches.body?.watches as Watch[] | undefined) ?? []).map(watchOf))
  }

  function button(text: string, label: string, onClick: () => void): HTMLButtonElement {
    const made = el('button', { type: 'button', class: 'button', 'aria-label': label }, text)
    made.addEventListener('click', onClick)
    return made
  }

  function lineOf(one: Saved, canMail: boolean): HTMLLIElement {
    const view = readView(one.view)
    const open = button(one.name, words('view-open', { name: one.name }), () => {
      parts.show(view)
      dialog.close()
    })
    const link = button(words('view-link'), words('view-link-of', { name: one.name }), () => {
      const address = linkOf(view, location.origin + location.pathname)
      void navigator.clipboard?.writeText(address).then(() => (link.textContent = words('view-link-copied')), () => undefined)
      link.dataset.address = address
    })
    const remove = button(words('remove'), words('remove-of', { name: one.name }), () => void act('DELETE', `/inventory/api/views/${one.id}`))
    const line = el('li', {}, open, link)
    if (canMail) {
      const mailing = el('select', { 'aria-label': words('mailing-of', { name: one.name }) })
      mailing.append(...MAILINGS.map((kind) => el('option', { value: kind, selected: kind === one.mailing }, words(`mailing-${kind}`))))
      mailing.addEventListener('change', () => void act('PUT', `/inventory/api/views/${one.id}`, { mailing: mailing.value }))
      line.append(mailing)
    }
    line.append(remove)
    return line
  }

  function watchOf({ id, watching }: Watch): HTMLLIElement {
    const part = watching.part || words('watch-all')
    const limit = watching.kind === 'below' ? String(watching.limit / 1_000_000) : String(watching.limit)
    const said = words(`watch-${watching.kind}`, { part, n: limit })
    return el('li', {}, el('span', {}, said), button(words('remove'), words('remove-of', { name: said }), () => void act('DELETE', `/inventory/api/watches/${id}`)))
  }

  page.querySelector('#open-saved')!.addEventListener('click', () => {
    fault.hidden = true
    dialog.showModal()
    void list()
  })
  const save = dialog.querySelector<HTMLFormElement>('#save-view')!
  save.addEventListener('submit', (event) => {
    event.preventDefault()
    const name = save.querySelector('input')!
    void act('POST', '/inventory/api/views', { name: name.value, view: parts.view() }).then((isDone) => isDone && save.reset())
  })
  const watch = dialog.querySelector<HTMLFormElement>('#watch-stock')!
  watch.addEventListener('submit', (event) => {
    event.preventDefault()
    const fields = Object.fromEntries(new FormData(watch)) as Record<string, string>
    void act('POST', '/inventory/api/watches', { kind: fields.kind, part: fields.part, limit: fields.limit }).then((isDone) => isDone && watch.reset())
  })
}
