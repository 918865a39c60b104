// What every office page needs: the theme switch, the shortcuts, and what some pages ask for with
// data attributes (the modules beside this one).
//
// Invariant: every page works without it. It stores only the chosen theme, the fact that the sign-in page
// was shown, and, for the length of a visit, where a page was scrolled to and what a form held when it was sent.
import type { Held } from '../engine/fields'
import { guardConfirmations } from './confirm'
import { keepDrafts } from './drafts'
import { submitFilters } from './filters'
import { closeDrops, countPicked } from './picked'
import { followProgress } from './progress'
import { showUnread } from './notices'
import { moveThroughRows } from './rows'
import { rememberScroll } from './scroll'
import { watchSession } from './session'
import type { EarlyKey } from './typing'
import { showStrength } from './strength'
import { fitTables } from './tables'
import { showToasts } from './toast'

const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]
/** What the person chose in their profile; what is chosen on a device wins there. */
const chosen = document.documentElement.dataset.theme

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem('theme') ?? chosen
    return THEMES.find((theme) => theme === stored) ?? 'system'
  } catch {
    return THEMES.find((theme) => theme === chosen) ?? 'system'
  }
}

function applyTheme(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset.theme
  else dataset.theme = theme
  const button = document.querySelector<HTMLButtonElement>('button#theme')
  if (!button) return
  button.dataset.choice = theme
  const label = button.dataset[theme]
  if (label) button.setAttribute('aria-label', label)
  if (label) button.title = label
}

function nextTheme(): void {
  const theme = THEMES[(THEMES.indexOf(storedTheme()) + 1) % THEMES.length] ?? 'system'
  try {
    localStorage.setItem('theme', theme)
  } catch {
    // Chosen for this page only.
  }
  applyTheme(theme)
}

function isField(node: Element | null): node is HTMLElement {
  return node instanceof HTMLElement && node.matches('input, textarea, select')
}

/** A key that no other follows within this time is a person's: in a code there may be a "?". */
const ALONE_MS = 250
let help: ReturnType<typeof setTimeout> | undefined

function openHelp(): void {
  document.querySelector<HTMLAnchorElement>('a[data-help]')?.click()
}

/** What a field holds before a key of this moment reaches it. */
function heldBefore(target: EventTarget | null): Held | null {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return null
  return { value: target.value, start: target.selectionStart, end: target.selectionEnd }
}

/** What is only needed while somebody types or scans comes when it is needed. */
function loadTyping(): void {
  const early: EarlyKey[] = []
  let isLoading = false
  const load = (event?: Event): void => {
    if (event instanceof KeyboardEvent) early.push({ event, held: heldBefore(event.target) })
    if (isLoading) return
    isLoading = true
    void import('./typing').then(({ watchTyping }) => {
      document.removeEventListener('keydown', load, true)
      watchTyping(document, early)
    })
  }
  const focused = (node: Element | null): void => {
    if (!isField(node)) return
    if (!node.closest('[data-scans-itself]')) load()
    if (node.matches('[data-find], [data-people]')) void import('./suggest').then(({ suggestIn }) => suggestIn(node as HTMLInputElement))
  }
  document.addEventListener('keydown', load, true)
  document.addEventListener('focusin', ({ target }) => focused(target as Element))
  focused(document.activeElement)
  if (document.querySelector('main form:not([data-scans-itself])')) load()
}

function onKey(event: KeyboardEvent): void {
  if (event.key === 'Escape') {
    if (event.defaultPrevented) return
    // The first press leaves the field, the second the form.
    if (isField(document.activeElement)) document.activeElement.blur()
    else document.querySelector<HTMLAnchorElement>('a[data-cancel]')?.click()
    return
  }
  clearTimeout(help)
  if (event.key === '?' && !isField(document.activeElement)) help = setTimeout(openHelp, ALONE_MS)
  // A scanner sends letters, and Ctrl with a letter in front of a code or behind it; Alt it never sends.
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  if (event.code === 'KeyK') {
    const find = document.querySelector<HTMLInputElement>('input[name=q][data-find]')
    if (!find) return
    find.focus()
    find.select()
  } else if (event.code === 'KeyS') {
    location.assign('/scan')
  } else if (event.code === 'KeyB') {
    location.assign('/bills')
  } else {
    return
  }
  event.preventDefault()
}

/** The colours that somebody chose in their profile hold for this device, too, once they were saved. */
function adoptTheChosenTheme(): void {
  const choice = document.querySelector<HTMLSelectElement>('select[data-theme-choice]')
  choice?.form?.addEventListener('submit', () => {
    const theme = THEMES.find((one) => one === choice.value) ?? 'system'
    try {
      localStorage.setItem('theme', theme)
    } catch {
      // Chosen for this page only.
    }
    applyTheme(theme)
  })
}

/** After a sign-out no station of this device assumes who is there: the next person may be somebody else. */
function noteTheSignInPage(): void {
  if (!document.querySelector('form[action="/login"]')) return
  try {
    localStorage.setItem('left', 'true')
  } catch {
    // A browser that stores nothing does not know who was here, either.
  }
}

applyTheme(storedTheme())
noteTheSignInPage()
document.querySelector('button#theme')?.addEventListener('click', nextTheme)
// First, so that Escape closes what is open before it leaves the page.
closeDrops(document)
document.addEventListener('keydown', onKey)
guardConfirmations(document)
keepDrafts(document)
submitFilters(document)
fitTables(document)
showToasts(document)
moveThroughRows(document)
countPicked(document)
rememberScroll()
followProgress(document)
showUnread(document)
showStrength(document)
adoptTheChosenTheme()
watchSession(document)
loadTyping()
