// The words of a station, by key. The server sends them in the person's language; the English ones are
// built in, so that the page has words before anything has loaded and offline.
//
// Invariant: a missing key, word or number never shows a blank or a `{$name}` to the person.
import english from '../../phrases/engine.en.json'

/** The words that every station needs. A wing adds its own with `addBuiltIn`. */
export type Key = keyof typeof english
export type Params = Record<string, string | number | undefined>

const builtIn: Record<string, string> = { ...english }
let words: Record<string, string> = { ...builtIn }
let currentLocale = 'en'

export function locale(): string {
  return currentLocale
}

/** Adds a wing's English words, before any page is drawn. */
export function addBuiltIn(more: Record<string, string>): void {
  Object.assign(builtIn, more)
  words = { ...builtIn, ...words }
}

export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{\$(\w+)\}/g, (_, name: string) => {
    const value = params[name]
    return value === undefined || value === '' ? '…' : String(value)
  })
}

/** The text for a key, if there is one. */
export function find(key: string): string | undefined {
  return words[key] ?? builtIn[key]
}

export function t(key: Key, params?: Params): string {
  return fill(find(key) ?? key, params)
}

/** A short text for an outcome, known or not. */
export function headline(outcome: string, params: Params): string {
  const text = find(`outcome-${outcome}`)
  return text === undefined ? t('outcome-unknown') : fill(text, params)
}

/** Replaces all words by those of one language; anything that is not a text is left out. */
export function useWords(name: string, loaded: unknown): void {
  if (typeof loaded !== 'object' || loaded === null) return
  words = { ...builtIn }
  for (const [key, text] of Object.entries(loaded)) {
    if (typeof text === 'string' && text !== '') words[key] = text
  }
  currentLocale = name
}

/** Loads the words beside `anyAddress` (…/en.json) for the locale; false if that fails. */
export async function loadWords(anyAddress: string, name: string): Promise<boolean> {
  const address = anyAddress.replace(/[^/]+\.json$/, `${encodeURIComponent(name)}.json`)
  try {
    const response = await fetch(address, { credentials: 'same-origin' })
    if (!response.ok) return false
    useWords(name, await response.json())
    return true
  } catch {
    return false
  }
}
