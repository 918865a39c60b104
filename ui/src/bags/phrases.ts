// The words of bags and bills, by key: the headline of an outcome, and the way out of a refusal.
import english from '../../phrases/bags.en.json'
import { hiddenIn } from '../engine/code'
import { addBuiltIn, fill, find, headline as engineHeadline, type Key as EngineKey, type Params } from '../engine/phrases'
import type { RefusalWords } from '../engine/lists'
import type { BagAttention } from './items'
import { paramsOf } from './state'

export type Key = EngineKey | keyof typeof english

addBuiltIn(english)

export function t(key: Key, params?: Params): string {
  return fill(find(key) ?? key, params)
}

/** A short text for an outcome, known or not. */
export function headline(outcome: string, params: Params): string {
  if (outcome === 'child_elsewhere' && params.current_parent) return t('parent-already-in', params)
  return engineHeadline(outcome, params)
}

/** Some refusals have other words if the answer says more. */
function variant(outcome: string, params: Params): string {
  if (params.pressed && find(`refused-${outcome}-key`)) return '-key'
  if (outcome === 'is_child' && params.parent && params.parent !== params.code) return '-named'
  if (outcome === 'is_parent' && params.n !== undefined) return '-holds'
  if (outcome === 'not_a_parent_code' && params.labels) return '-like'
  return params.current_parent ? '-in' : ''
}

/** The sentence that says what to do now; the server's own words if this page has none. */
export function wayOut(outcome: string, params: Params, message?: string): string {
  const hidden = hiddenIn(String(params.code ?? ''))
  if (hidden && outcome.startsWith('bad_')) return fill(find('refused-hidden') ?? '', { ...params, hidden })
  const more = variant(outcome, params)
  const special = more && find(`refused-${outcome}${more}`)
  // The server has words for all that it says; the shorter ones here would leave it out.
  if (more && more !== '-in' && !special && message) return message
  const text = special || find(`refused-${outcome}`)
  const named = { ...params, current_parent: params.current_parent || t('parent-another') }
  if (text !== undefined) return fill(text, named)
  return message || t('refused-unknown', named)
}

export function refusalWords({ item, result }: BagAttention): RefusalWords {
  const params = paramsOf(item, result)
  return {
    code: String(params.code),
    headline: headline(result.outcome, params),
    wayOut: wayOut(result.outcome, params, result.message),
  }
}
