// Words that both stations of bags need.
import type { BagMe } from './items'

/** What parent labels begin with, as people read it. */
export function labelsText({ me }: { me: BagMe | null }): string {
  return (me?.labels ?? []).map(({ prefix }) => prefix).join(' / ')
}
