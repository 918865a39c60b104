// Proves what the bill station shows: the counter is the server's word, what waits is told beside it,
// and a scan always belongs to the bill that was shown when it was made.
import { describe, expect, it } from 'vitest'
import {
  canRegister,
  firstState,
  isBillNumber,
  isCompleted,
  isSameBill,
  isWaitingFor,
  lastLinkOf,
  missingOf,
  pendingOf,
  type BillView,
  type Event,
  type State,
} from '../src/bags/bill/model'
import { isSettledBy, reduce } from '../src/bags/bill/state'
import type { BagAnswer, BagItem, BagMe, ScanResult } from '../src/bags/items'

const me: BagMe = { id: 7, name: 'meera', areaName: '', rights: {}, capacity: 30, labels: [{ prefix: 'SB', digits: 5 }], locale: 'en' }
const bill: BillView = {
  number: 'Lko-1',
  isKnown: true,
  parents: 2,
  capacity: 5,
  status: 'processing',
  actualKg: 58,
  expectedKg: 60,
  targetKg: 150,
  varianceKg: -2,
  bags: [
    { code: 'SB00002', children: 28, capacity: 30 },
    { code: 'SB00001', children: 30, capacity: 30 },
  ],
}

let ids = 0
function item(action: BagItem['action'], code: string, number = 'Lko-1'): BagItem {
  ids += 1
  return { id: `id-${ids}`, personId: 7, at: '2026-11-21T06:10:07.000Z', action, code, bill: number }
}

const after = (state: State, ...events: Event[]): State => events.reduce(reduce, state)
const scanned = (made: BagItem): Event => ({ type: 'scanned', item: made, fromScanner: true })
const choose = (number: string): Event => ({ type: 'bill_chosen', number, isHeard: true, fromScanner: true })

function answer(made: BagItem, result: Partial<ScanResult>): BagAnswer {
  return { item: { ...made, seq: 1 }, result: { id: made.id, outcome: 'bill_linked', bill: 'Lko-1', ...result } }
}

function answered(made: BagItem, result: Partial<ScanResult>): Event {
  return { type: 'answered', answers: [answer(made, result)] }
}

const facts = { bill_parents: 3, bill_capacity: 5, bill_status: 'processing' as const, actual_kg: 86, expected_kg: 90, target_kg: 150, variance_kg: -4 }
const signedIn = after(firstState(), { type: 'me', me })
const working = after(signedIn, choose('LKO-1'), { type: 'bill_loaded', bill })
const offline = after(working, { type: 'link', link: 'offline' })

describe('choosing', () => {
  it('shows_the_number_at_once_and_is_heard_when_the_server_knows_it', () => {
    const chosen = after(signedIn, choose('LKO-1'))
    expect([chosen.bill?.number, chosen.bill?.isKnown, chosen.cue]).toEqual(['LKO-1', false, 0])
    expect([working.bill?.number, working.bill?.parents, working.cue, working.sound]).toEqual(['Lko-1', 2, 1, 'low'])
    expect(after(working, { type: 'bill_loaded', bill }).cue).toBe(1)
  })

  it('is_heard_at_once_off_line_where_nobody_can_say', () => {
    const chosen = after(signedIn, { type: 'link', link: 'offline' }, choose('NEW-9'))
    expect([chosen.cue, chosen.bill?.isKnown]).toEqual([1, false])
    expect(missingOf(chosen, chosen.bill as BillView)).toBeNull()
  })

  it('of_a_number_that_no_bill_has_is_refused_and_leaves_none_chosen', () => {
    const state = after(signedIn, choose('NONE-1'), { type: 'bill_unknown', number: 'none-1', id: 'x', at: '' })
    expect(state.bill).toBeNull()
    expect(state.banner).toMatchObject({ kind: 'refused', outcome: 'unknown_bill', params: { bill: 'none-1' } })
    expect(state.sound).toBe('refused')
  })

  it('does_not_end_when_another_bill_turns_out_unknown', () => {
    const state = after(working, { type: 'bill_unknown', number: 'OTHER', id: 'x', at: '' })
    expect(state).toBe(working)
  })

  it('knows_numbers_by_their_letters_whatever_their_case', () => {
    expect([isSameBill(' lko-1', 'LKO-1'), isSameBill('LKO-1', 'LKO-2'), isSameBill(undefined, undefined)]).toEqual([true, false, false])
    expect(['AB', 'ABC', 'x'.repeat(50), 'x'.repeat(51)].map(isBillNumber)).toEqual([false, true, true, false])
  })
})

describe('scanning', () => {
  it('leaves_the_counter_to_the_server_and_tells_what_waits', () => {
    const made = item('bill_link', 'SB00003')
    let state = after(offline, scanned(made))
    expect([state.bill?.parents, pendingOf(state, bill)]).toEqual([2, { items: 1, change: 1 }])
    expect([missingOf(state, bill), isWaitingFor(state, bill, 'SB00003')]).toEqual([2, true])
    expect(state.last[0]).toMatchObject({ code: 'SB00003', state: 'kept', bill: 'Lko-1' })
    state = after(state, answered(made, { code: 'SB00003', children: 28, capacity: 30, ...facts }))
    expect(state.bill).toMatchObject({ parents: 3, actualKg: 86, expectedKg: 90, targetKg: 150, varianceKg: -4 })
    expect(state.bill?.bags?.[0]).toEqual({ code: 'SB00003', children: 28, capacity: 30 })
    expect(state.last[0]).toMatchObject({ state: 'ok', children: 28, capacity: 30 })
    expect(state.waiting).toEqual([])
  })

  it('counts_two_waiting_scans_of_one_parent_once_and_one_that_is_on_the_bill_not_at_all', () => {
    const made = ['SB00003', 'SB00003', 'SB00001'].map((code) => scanned(item('bill_link', code)))
    expect(pendingOf(after(offline, ...made), bill)).toEqual({ items: 3, change: 1 })
    expect(pendingOf(after(offline, ...made, scanned(item('bill_unlink', 'SB00003'))), bill).change).toBe(0)
  })

  it('belongs_to_the_bill_that_was_shown_even_when_another_is_chosen_meanwhile', () => {
    const made = item('bill_link', 'SB00003')
    const state = after(offline, scanned(made), choose('JAI-2'))
    expect(state.waiting.map(({ bill: number }) => number)).toEqual(['Lko-1'])
    const then = after(state, answered(made, { code: 'SB00003', children: 30, capacity: 30, ...facts }))
    expect([then.bill?.number, then.bill?.parents]).toEqual(['JAI-2', 0])
    expect(then.known['LKO-1']?.parents).toBe(3)
    expect(after(then, choose('lko-1')).bill?.parents).toBe(3)
  })

  it('that_is_refused_needs_attention_and_counts_nothing_but_what_the_server_says', () => {
    const made = item('bill_link', 'SB00009')
    const state = after(working, scanned(made), answered(made, { outcome: 'already_on_bill', code: 'SB00009', current_bill: 'IND-4', ...facts, bill_parents: 2 }))
    expect([state.bill?.parents, state.bill?.bags?.length, state.attention.length, state.sound]).toEqual([2, 2, 1, 'refused'])
    expect(state.banner).toMatchObject({ outcome: 'already_on_bill', params: { code: 'SB00009', current_bill: 'IND-4', bill: 'Lko-1' } })
    expect(after(state, { type: 'cleared' }).banner.kind).toBe('none')
  })

  it('of_another_tab_changes_the_figures_without_a_sound', () => {
    const state = after(working, answered(item('bill_link', 'SB00003'), { code: 'SB00003', children: 30, capacity: 30, ...facts }))
    expect([state.bill?.parents, state.cue]).toEqual([3, working.cue])
    const bag: BagItem = { id: 'bag', personId: 7, at: '', action: 'child', code: 'KID1', parent: 'SB00001' }
    const other = after(working, { type: 'answered', answers: [{ item: { ...bag, seq: 2 }, result: { id: 'bag', outcome: 'linked', children: 3 } }] })
    expect([other.bill, other.cue]).toEqual([working.bill, working.cue])
  })
})

describe('an unknown parent label', () => {
  it('can_be_registered_and_then_needs_no_attention_any_more', () => {
    const made = item('bill_link', 'SB00009')
    const refused = after(working, scanned(made), answered(made, { outcome: 'unknown_bag', code: 'SB00009', ...facts, bill_parents: 2 }))
    expect(canRegister(refused, 'unknown_bag', 'SB00009', 'Lko-1')).toBe(true)
    expect(canRegister(refused, 'unknown_bag', 'KID9', 'Lko-1')).toBe(false)
    expect(canRegister(refused, 'is_child', 'SB00009', 'Lko-1')).toBe(false)
    const entered = item('bill_enter', 'SB00009')
    const state = after(refused, scanned(entered), answered(entered, { code: 'SB00009', children: 0, capacity: 30, ...facts }))
    expect(state.attention).toEqual([])
    const [entry] = refused.attention
    expect(entry && isSettledBy(entry, answer(item('bill_enter', 'SB00008'), {}))).toBe(false)
  })
})

describe('taking off', () => {
  const made = item('bill_link', 'SB00003')
  const linked = after(working, scanned(made), answered(made, { code: 'SB00003', children: 30, capacity: 30, ...facts }))

  it('undoes_the_newest_parent_of_this_sitting', () => {
    expect(lastLinkOf(working)).toBeUndefined()
    expect(lastLinkOf(linked)?.code).toBe('SB00003')
    const undo = item('bill_unlink', 'SB00003')
    const taken = after(linked, scanned(undo))
    expect(lastLinkOf(taken)).toBeUndefined()
    const done = after(taken, answered(undo, { outcome: 'bill_unlinked', code: 'SB00003', ...facts, bill_parents: 2 }))
    expect([done.bill?.parents, done.bill?.bags?.map(({ code }) => code)]).toEqual([2, ['SB00002', 'SB00001']])
  })

  it('that_is_refused_leaves_the_parent_to_be_undone_again', () => {
    const undo = item('bill_unlink', 'SB00003')
    const state = after(linked, scanned(undo), answered(undo, { outcome: 'bill_completed', code: 'SB00003', ...facts }))
    expect(lastLinkOf(state)?.code).toBe('SB00003')
    expect(state.bill?.bags).toHaveLength(3)
  })
})

describe('completing', () => {
  const full: BillView = { ...bill, parents: 5 }

  it('waits_for_the_missing_ones_counting_those_that_wait_here', () => {
    const some = ['SB00003', 'SB00004'].map((code) => scanned(item('bill_link', code)))
    expect(missingOf(working, bill)).toBe(3)
    expect(missingOf(after(offline, ...some), bill)).toBe(1)
    expect(missingOf(after(offline, ...some, scanned(item('bill_link', 'SB00005'))), bill)).toBe(0)
  })

  it('is_done_when_it_is_on_its_way_and_undone_by_a_reopening_that_waits', () => {
    const state = after(offline, { type: 'bill_loaded', bill: full }, scanned(item('bill_complete', '')))
    expect(isCompleted(state, full)).toBe(true)
    expect(state.last[0]).toMatchObject({ code: 'Lko-1', state: 'kept' })
    expect(isCompleted(after(state, scanned(item('bill_reopen', ''))), full)).toBe(false)
  })

  it('shows_the_bill_as_completed_by_the_servers_word', () => {
    const made = item('bill_complete', '')
    const state = after(working, scanned(made), answered(made, { outcome: 'bill_finished', ...facts, bill_status: 'completed' }))
    expect([state.bill?.status, state.sound]).toEqual(['completed', 'low'])
    expect(state.bill?.bags).toHaveLength(2)
  })

  it('that_is_short_names_how_many_are_missing', () => {
    const state = after(working, { type: 'refused_here', id: 'x', at: '', action: 'bill_complete', code: 'Lko-1', outcome: 'bill_short' })
    expect(state.banner).toMatchObject({ outcome: 'bill_short', params: { missing: 3, bill: 'Lko-1' } })
  })
})

describe('coming back', () => {
  const saved = { bill, last: [] }

  it('finds_the_bill_that_was_chosen_and_what_waits_for_it', () => {
    const waiting = [item('bill_link', 'SB00003')]
    const state = after(firstState(), { type: 'restored', saved, waiting, attention: [] }, { type: 'me', me })
    expect([state.bill?.number, pendingOf(state, bill).items]).toEqual(['Lko-1', 1])
    expect(state.sounded).toEqual(waiting.map(({ id }) => id))
  })

  it('begins_with_the_next_bill_when_the_last_one_is_completed', () => {
    const state = after(firstState(), { type: 'restored', saved: { bill: { ...bill, status: 'completed' }, last: [] }, waiting: [], attention: [] })
    expect(state.bill).toBeNull()
  })

  it('shows_another_person_nothing_of_the_one_before', () => {
    const state = after(working, { type: 'restored', saved: undefined, waiting: [], attention: [] })
    expect([state.bill, state.last, state.known]).toEqual([null, [], {}])
  })
})
