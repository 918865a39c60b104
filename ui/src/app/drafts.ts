// What was typed into a form survives a session that ends while the form is open: the fields are kept in this tab when the
// form is sent or the session is found to have ended, and filled in again when the server says that nothing was saved (`#unsaved`, or the sign-in page first).
//
// Invariants: passwords, codes and files are never kept, nor the proof of a session; nothing is filled in for another
// person than the one who typed it, and a sign-out forgets all of it; what the server accepted is forgotten at once.

const KEY = 'drafts'
const DRAFTS_MAX = 8
const CHARS_MAX = 200_000
const AGE_MS_MAX = 12 * 3_600_000
const SECRET = 'input[type=password], input[autocomplete~=one-time-code], input[autocomplete~=current-password], input[autocomplete~=new-password]'
const TYPED = 'textarea, select, input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image], [type=file])'

export interface Draft {
  person: string
  /** The page with the form. */
  page: string
  /** The form on it. */
  form: string
  fields: [string, string][]
  hasFile: boolean
  sentAt: number
  /** Known to have changed nothing. */
  isUnsaved: boolean
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

function kept(): Draft[] {
  try {
    const drafts: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(drafts) ? (drafts as Draft[]) : []
  } catch {
    return []
  }
}

function keep(drafts: readonly Draft[]): void {
  const newest = drafts.slice(0, DRAFTS_MAX)
  while (JSON.stringify(newest).length > CHARS_MAX) newest.pop()
  try {
    if (newest.length > 0) sessionStorage.setItem(KEY, JSON.stringify(newest))
    else sessionStorage.removeItem(KEY)
  } catch {
    // Then what was typed is lost with the session, as without script.
  }
}

/** The address of a page, without what it said about the last action. */
function pageName({ pathname, search }: { pathname: string; search: string }): string {
  const query = search.slice(1).split('&').filter((pair) => pair !== '' && !pair.startsWith('said='))
  return query.length > 0 ? `${pathname}?${query.join('&')}` : pathname
}

/** A form by its address and id; its properties may be hidden by fields of the same name. */
function formName(form: HTMLFormElement): string {
  const { pathname, search } = new URL(form.getAttribute('action') ?? '', location.href)
  return `${pathname}${search} ${form.getAttribute('id') ?? ''}`
}

function fieldsOf(form: HTMLFormElement): Field[] {
  const isKept = (node: Element): node is Field =>
    node.matches('input, select, textarea') && !node.matches(SECRET) && !node.matches('[type=file]') && (node as Field).name !== 'csrf'
  return Array.from(form.elements).filter(isKept)
}

const isPost = (form: HTMLFormElement) => form.getAttribute('method')?.toLowerCase() === 'post'

export function draftOf(form: HTMLFormElement, person: string, page: string): Draft | null {
  const fields = fieldsOf(form)
  const hasFile = Array.from(form.querySelectorAll<HTMLInputElement>('input[type=file]')).some(({ files }) => (files?.length ?? 0) > 0)
  if (!isPost(form) || (!hasFile && !fields.some((field) => field.matches(TYPED)))) return null
  const names = new Set(fields.map(({ name }) => name))
  const pairs: [string, string][] = []
  new FormData(form).forEach((value, name) => {
    if (typeof value === 'string' && names.has(name)) pairs.push([name, value])
  })
  return { person, page, form: formName(form), fields: pairs, hasFile, sentAt: Date.now(), isUnsaved: false }
}

/** Fills in what was typed, fields of the same name in their order. */
export function fillIn(form: HTMLFormElement, fields: readonly [string, string][]): void {
  const rest = new Map<string, string[]>()
  for (const [name, value] of fields) rest.set(name, [...(rest.get(name) ?? []), value])
  for (const field of fieldsOf(form)) {
    const values = rest.get(field.name) ?? []
    if (field instanceof HTMLSelectElement && field.multiple) {
      for (const option of field.options) option.selected = values.includes(option.value)
    } else if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')) {
      field.checked = values.includes(field.value)
    } else {
      const value = values.shift()
      if (value === undefined) continue
      field.value = value
    }
    for (let fold = field.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null) fold.open = true
    // What follows from a field, such as a button that waits for a word, follows again.
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
}

function restore(root: Document, drafts: readonly Draft[]): void {
  const notice = root.getElementById('unsaved')
  const forms = Array.from(root.forms)
  for (const draft of drafts) {
    const form = forms.find((form) => isPost(form) && formName(form) === draft.form)
    if (!form) continue
    fillIn(form, draft.fields)
    notice?.classList.add('shown')
    const ofFile = notice?.querySelector<HTMLElement>('[data-with-file]')
    if (ofFile && draft.hasFile) ofFile.hidden = false
    const discard = notice?.querySelector<HTMLButtonElement>('[data-discard]')
    if (discard) discard.hidden = false
  }
}

/** Without the part of the address that says so: the next visit is an ordinary one. */
function discard(): void {
  const page = pageName(location)
  keep(kept().filter((draft) => draft.page !== page))
  location.replace(page)
}

const isChanged = (field: Field): boolean => {
  if (field instanceof HTMLSelectElement || !field.matches(TYPED)) return false
  const isTicked = field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')
  return isTicked ? field.checked !== field.defaultChecked : field.value !== field.defaultValue
}

/** The session has ended while the page was open: keeps the forms that somebody has begun to fill in. */
export function keepTyped(root: Document): void {
  const person = root.body.dataset.person
  if (person === undefined) return
  const page = pageName(location)
  const begun = Array.from(root.forms).filter((form) => fieldsOf(form).some(isChanged))
  const drafts = begun.flatMap((form) => draftOf(form, person, page) ?? []).map((draft) => ({ ...draft, isUnsaved: true }))
  const isOther = (other: Draft) => !drafts.some(({ page, form }) => page === other.page && form === other.form)
  keep([...drafts, ...kept().filter(isOther)])
}

export function keepDrafts(root: Document): void {
  const person = root.body.dataset.person
  if (person === undefined) {
    // Nobody is signed in: what was sent last was not accepted.
    keep(kept().map((draft) => ({ ...draft, isUnsaved: true })))
    return
  }
  const isUnsaved = location.hash === '#unsaved'
  const page = pageName(location)
  const isOpen = (draft: Draft) => draft.person === person && Date.now() - draft.sentAt < AGE_MS_MAX && (draft.isUnsaved || isUnsaved)
  const open = kept().filter(isOpen).map((draft) => ({ ...draft, isUnsaved: true }))
  keep(open)
  restore(root, open.filter((draft) => draft.page === page))
  root.querySelector('#unsaved [data-discard]')?.addEventListener('click', discard)
  // On the window, after the page's own listeners: some of them hold a form back.
  window.addEventListener('submit', (event) => {
    if (event.defaultPrevented || !(event.target instanceof HTMLFormElement)) return
    const form = event.target
    if (form.getAttribute('action') === '/logout') return keep([])
    const draft = draftOf(form, person, page)
    if (draft) keep([draft, ...kept().filter((other) => other.page !== draft.page || other.form !== draft.form)])
  })
}
