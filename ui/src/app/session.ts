// How long the session goes on: a warning before the screen locks or the session ends, with a button to stay; and the lock
// screen over the page, so that nothing that was typed on it is lost.
//
// Invariants: asking does not make the session last longer; without a server nothing changes; whoever cannot see the page
// is not asked.

import { keepTyped } from './drafts'

const EVERY_MS = 30_000

interface Status {
  locked?: boolean
  show_warning?: boolean
  ends?: boolean
  time_remaining_seconds?: number
}

async function ask(address: string, init: RequestInit = {}): Promise<Response | null> {
  try {
    return await fetch(address, { credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(10_000), ...init })
  } catch {
    return null
  }
}

class SessionWatch {
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(
    private readonly warning: HTMLDialogElement,
    private readonly lock: HTMLDialogElement,
    private readonly csrf: string,
  ) {
    warning.querySelector('[data-stay]')?.addEventListener('click', () => void this.stay())
    lock.querySelector('form[data-resume]')?.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.resume()
    })
    // The page behind it must not be read or changed, so it is not dismissed.
    lock.addEventListener('cancel', (event) => event.preventDefault())
  }

  start(): void {
    document.addEventListener('visibilitychange', () => document.hidden || void this.look())
    this.wait()
  }

  private wait(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.look(), EVERY_MS)
  }

  async look(): Promise<void> {
    const response = document.hidden ? null : await ask('/api/session/status')
    if (response?.status === 401) {
      keepTyped(document)
      return location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`)
    }
    if (response?.ok) this.show((await response.json()) as Status)
    this.wait()
  }

  private show(status: Status): void {
    if (status.locked) {
      if (this.warning.open) this.warning.close()
      if (!this.lock.open) this.lock.showModal()
      return
    }
    if (this.lock.open) this.lock.close()
    if (!status.show_warning) {
      if (this.warning.open) this.warning.close()
      return
    }
    const minutes = String(Math.max(1, Math.ceil((status.time_remaining_seconds ?? 0) / 60)))
    const words = this.warning.querySelector<HTMLElement>('[data-words]')
    const pattern = (status.ends ? words?.dataset.ends : words?.dataset.locks) ?? ''
    if (words) words.textContent = pattern.replace('#', minutes)
    const button = this.warning.querySelector<HTMLElement>('[data-stay]')
    if (button) button.hidden = status.ends === true
    if (!this.warning.open) this.warning.show()
  }

  private change(address: string, body?: unknown): Promise<Response | null> {
    const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': this.csrf }
    return ask(address, { method: 'POST', headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }

  private async stay(): Promise<void> {
    const response = await this.change('/api/session/stay')
    if (response?.ok) this.show((await response.json()) as Status)
    else await this.look()
  }

  private async resume(): Promise<void> {
    const field = this.lock.querySelector<HTMLInputElement>('input[type=password]')
    const response = await this.change('/api/session/resume', { password: field?.value ?? '' })
    const wrong = this.lock.querySelector<HTMLElement>('[data-wrong]')
    if (wrong) wrong.hidden = response?.status !== 422
    if (field) field.value = ''
    if (response?.status === 204) this.lock.close()
    if (response?.status === 401) await this.look()
  }
}

export function watchSession(root: ParentNode): SessionWatch | null {
  const warning = root.querySelector<HTMLDialogElement>('dialog#stay')
  const lock = root.querySelector<HTMLDialogElement>('dialog#locked')
  const csrf = root.querySelector<HTMLInputElement>('form[action="/logout"] input[name=csrf]')?.value
  if (!warning || !lock || csrf === undefined) return null
  const watch = new SessionWatch(warning, lock, csrf)
  watch.start()
  return watch
}
