// Which English words are built into a page, so that it has words before anything has loaded and offline.
// The others stay in the files, for the server and the office pages.
//
// Invariant: a page has every word that it can show by itself, and of outcomes only those that it can meet.
import type { Plugin } from 'vite'

export type Built = 'station' | 'bill' | 'gate'

/** Only a form of the office has these outcomes. */
const OF_FORMS =
  /^(outcome|refused)-(bill_(created|edited|unchanged|deleted|exists|open)|bad_capacity|bad_description|bad_transport|capacity_below_linked|children_set|recalculated|too_many_children)$/

/** The bag stations meet these only in what the bill station left for attention, with the server's own words. */
const OF_BILLS = /^(bill-|(outcome|refused)-(bill_|already_on_|not_on_bill|unknown_bill|bad_bill|no_bill))/

/** The bill station meets these only in what a bag station left for attention, with the server's own words. */
const OF_BAGS =
  /^(refused-(is_child-named|is_parent-holds|duplicate|child_elsewhere|parent_(full|completed|on_completed_bill)|no_parent|unknown_parent(-itself)?|not_linked(-in)?|(too_old|nothing)_to_undo)|foot.*|parent-(title|scan|children-of|completed|completed-next|last-.*|close|close-ask|move|bill|camera.*))$/

export function isBuiltIn(key: string, page: Built): boolean {
  // A gate says all that it says in words of its own.
  if (page === 'gate') return key.startsWith('gate-')
  return !key.startsWith('done-') && !OF_FORMS.test(key) && !(page === 'station' ? OF_BILLS : OF_BAGS).test(key)
}

export function builtInWords(page: Built): Plugin {
  return {
    name: 'built-in-words',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('.en.json')) return null
      const kept = Object.entries(JSON.parse(code) as Record<string, string>).filter(([key]) => isBuiltIn(key, page))
      return { code: JSON.stringify(Object.fromEntries(kept)), map: null }
    },
  }
}
