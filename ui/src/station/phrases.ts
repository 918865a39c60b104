// Every word of the floor, by key. The words come from the server in the person's language; the
// English ones are built in, so that the page can speak before anything has loaded and off line.
//
// Invariant: a missing key, word or number never shows a blank or a `{$name}` to the person.
import english from '../../phrases.en.json'

export type Key = keyof typeof english
export type Params = Record<string, string | number | undefined>

const words: Record<string, string> = { ...english }
let currentLocale = 'en'

export function locale(): string {
  return currentLocale
}

export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{\$(\w+)\}/g, (_, name: string) => {
    const value = params[name]
    return value === undefined || value === '' ? '…' : String(value)
  })
}

export function t(key: Key, params?: Params): string {
  return fill(words[key] ?? english[key], params)
}

/** The short word for an outcome, known or not. */
export function headline(outcome: string, params: Params): string {
  if (outcome === 'child_elsewhere' && params.current_parent) return t('floor-already-in', params)
  const text = words[`outcome-${outcome}`]
  return text === undefined ? t('outcome-unknown') : fill(text, params)
}

/** Some refusals have other words where the answer tells more. */
function variant(outcome: string, params: Params): string {
  if (outcome === 'is_child' && params.parent && params.parent !== params.code) return '-named'
  if (outcome === 'is_parent' && params.n !== undefined) return '-holds'
  if (outcome === 'not_a_parent_code' && params.labels) return '-like'
  return params.current_parent ? '-in' : ''
}

/** The sentence that names the way out; the server's own words where we have none. */
export function wayOut(outcome: string, params: Params, message?: string): string {
  const more = variant(outcome, params)
  const special = more && words[`refused-${outcome}${more}`]
  // The server knows the words for what it tells; ours would leave it out.
  if (more && more !== '-in' && !special && message) return message
  const text = special || words[`refused-${outcome}`]
  const named = { ...params, current_parent: params.current_parent || t('floor-another-parent') }
  if (text !== undefined) return fill(text, named)
  return message || t('refused-unknown', named)
}

/** Takes over the words of one language; anything that is not a text is left out. */
export function useWords(name: string, loaded: unknown): void {
  if (typeof loaded !== 'object' || loaded === null) return
  Object.assign(words, english)
  for (const [key, text] of Object.entries(loaded)) {
    if (typeof text === 'string' && text !== '') words[key] = text
  }
  currentLocale = name
}

/** Loads the words beside `anyAddress` (…/en.json) for the locale; false when it cannot. */
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
