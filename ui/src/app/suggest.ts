// What the search box and the fields for people suggest while somebody types, as a list to go through with the arrow keys.
//
// Invariants: nothing is chosen unless the person chose it, so Enter after a scan sends the form as
// usual; the results of an older search never show after those of a newer one; everything is inserted as text.

const PAUSE_MS = 150
const SHOWN_MAX = 8

export interface Found {
  kind: string
  label: string
  detail: string
  /** What choosing it gives: an address, or the text of the field. */
  value: string
}

/** What is suggested in a field. */
interface Source {
  /** With fewer characters nothing is looked for. */
  charsMin: number
  address: string
  read(result: Record<string, unknown>): Found | null
}

const words = (value: unknown): string => (typeof value === 'string' ? value : '')

const ANYTHING: Source = {
  charsMin: 3,
  address: '/api/v1/search',
  read({ kind, label, detail, address }) {
    // Only addresses of this site.
    if (typeof label !== 'string' || typeof address !== 'string' || !/^\/(?!\/)/.test(address)) return null
    return { kind: words(kind), label, detail: words(detail), value: address }
  },
}

const PEOPLE: Source = {
  charsMin: 1,
  address: '/api/v1/names',
  read({ label, detail, value }) {
    return typeof label === 'string' && typeof value === 'string' ? { kind: 'person', label, detail: words(detail), value } : null
  },
}

async function search(source: Source, text: string, signal: AbortSignal): Promise<Found[]> {
  try {
    const address = `${source.address}?q=${encodeURIComponent(text)}&limit=${SHOWN_MAX}`
    const response = await fetch(address, { credentials: 'same-origin', signal })
    const body = response.ok ? ((await response.json()) as { results?: unknown }) : {}
    const results = Array.isArray(body.results) ? (body.results as unknown[]) : []
    const read = (result: unknown) => (typeof result === 'object' && result !== null ? source.read(result as Record<string, unknown>) : null)
    return results.map(read).filter((found) => found !== null).slice(0, SHOWN_MAX)
  } catch {
    return []
  }
}

class Suggestions {
  private readonly list = document.createElement('ul')
  private found: Found[] = []
  private chosen = -1
  private timer: ReturnType<typeof setTimeout> | undefined
  private asking: AbortController | null = null

  constructor(
    private readonly box: HTMLInputElement,
    private readonly source: Source,
    private readonly choose: (value: string) => void,
    place: Element,
  ) {
    const { list } = this
    list.id = `${this.name}-list`
    list.className = 'find-list'
    list.hidden = true
    list.setAttribute('role', 'listbox')
    list.setAttribute('aria-label', box.getAttribute('aria-label') ?? box.labels?.[0]?.textContent?.trim() ?? box.placeholder)
    for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false' })) {
      box.setAttribute(name, value)
    }
    place.append(list)
    box.addEventListener('input', () => this.typed())
    box.addEventListener('keydown', (event) => this.onKey(event))
    box.addEventListener('blur', () => this.close())
    box.form?.addEventListener('submit', () => this.close())
    // Somebody may have typed while this was loaded.
    if (document.activeElement === box && box.value !== box.defaultValue) this.typed()
    // The box keeps the focus, otherwise the list would be gone before the click.
    list.addEventListener('pointerdown', (event) => event.preventDefault())
    list.addEventListener('click', ({ target }) => {
      const option = target instanceof Element ? target.closest<HTMLElement>('[role=option]') : null
      if (option) this.take(Number(option.dataset.index))
    })
  }

  private get name(): string {
    return this.source === ANYTHING ? 'find' : this.box.name
  }

  private optionId(index: number): string {
    return `${this.name}-${index}`
  }

  private typed(): void {
    this.close()
    const text = this.box.value.trim()
    if (text.length < this.source.charsMin) return
    this.timer = setTimeout(() => void this.ask(text), PAUSE_MS)
  }

  private async ask(text: string): Promise<void> {
    const asking = new AbortController()
    this.asking = asking
    const found = await search(this.source, text, asking.signal)
    if (asking.signal.aborted || document.activeElement !== this.box) return
    this.show(found)
  }

  private show(found: Found[]): void {
    this.found = found
    this.chosen = -1
    const options = found.map(({ kind, label, detail }, index) => {
      const option = document.createElement('li')
      option.id = this.optionId(index)
      option.dataset.index = String(index)
      option.dataset.kind = kind
      option.setAttribute('role', 'option')
      option.setAttribute('aria-selected', 'false')
      const [name, more] = [document.createElement('b'), document.createElement('span')]
      name.textContent = label
      more.textContent = detail ?? ''
      option.append(name, ' ', more)
      return option
    })
    this.list.replaceChildren(...options)
    this.list.hidden = found.length === 0
    // A field at the foot of a phone has no room below it.
    if (this.source === PEOPLE && found.length > 0) this.list.scrollIntoView({ block: 'nearest' })
    this.box.setAttribute('aria-expanded', String(found.length > 0))
  }

  /** Forgets the results and the search; nothing that still arrives will show. */
  private close(): void {
    clearTimeout(this.timer)
    this.asking?.abort()
    this.box.removeAttribute('aria-activedescendant')
    if (!this.list.hidden) this.show([])
  }

  private move(step: number): void {
    const places = this.found.length + 1 // one of them is the box itself
    this.chosen = ((this.chosen + 1 + step + places) % places) - 1
    this.list.querySelectorAll('[role=option]').forEach((option, index) => {
      option.setAttribute('aria-selected', String(index === this.chosen))
      if (index === this.chosen) option.scrollIntoView({ block: 'nearest' })
    })
    if (this.chosen < 0) this.box.removeAttribute('aria-activedescendant')
    else this.box.setAttribute('aria-activedescendant', this.optionId(this.chosen))
  }

  private take(index: number): void {
    const value = this.found[index]?.value
    if (value === undefined) return
    this.close()
    this.choose(value)
  }

  private onKey(event: KeyboardEvent): void {
    if (this.list.hidden || event.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') this.move(event.key === 'ArrowDown' ? 1 : -1)
    else if (event.key === 'Enter' && this.chosen >= 0) this.take(this.chosen)
    else if (event.key === 'Escape') this.close()
    else return
    event.preventDefault()
  }
}

/** The search box: whatever is chosen is opened. */
export function suggest(box: HTMLInputElement, go: (address: string) => void = (address) => location.assign(address)): void {
  new Suggestions(box, ANYTHING, go, box.form ?? box)
}

/** A field for a person: whoever is chosen is put in, and the list is shown at once. */
export function suggestPeople(box: HTMLInputElement): void {
  const choose = (name: string): void => {
    box.value = name
    box.form?.requestSubmit()
  }
  const place = box.closest('.person')
  if (place) new Suggestions(box, PEOPLE, choose, place)
}

const suggesting = new WeakSet<Element>()

/** Begins with the field that has the focus, once. */
export function suggestIn(box: HTMLInputElement): void {
  if (suggesting.has(box)) return
  suggesting.add(box)
  if (box.matches('[data-find]')) suggest(box)
  else suggestPeople(box)
}
