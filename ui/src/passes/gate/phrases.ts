// The words of a gate, by key.
import english from '../../../phrases/passes.en.json'
import { addBuiltIn, fill, find, type Params } from '../../engine/phrases'

export type Key = keyof typeof english

addBuiltIn(english)

export function t(key: Key, params?: Params): string {
  return fill(find(key) ?? key, params)
}
