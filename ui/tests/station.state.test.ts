// Proves what a bag station shows: counts are never wrong for long, refusals change none, and a scan
// always belongs to the parent that was shown when it was made.
import { describe, expect, it } from 'vitest'
import type { BagAnswer, BagItem, BagMe, ScanResult } from '../src/bags/items'
import { isParentLabel } from '../src/bags/state'
import {
  countOf,
  firstState,
  isWaitingTwice,
  lastChildOf,
  undoParentOf,
  type Event,
  type State,
} from '../src/bags/station/model'
import { reduce } from '../src/bags/station/state'

const me: BagMe = {
  id: 7,
  name: 'arjun',
  areaName: 'Lucknow',
  rights: { can_scan: true },
  capacity: 30,
  labels: [
    { prefix: 'SB', digits: 5 },
    { prefix: 'M444-', digits: 5 },
  ],
  locale: 'en',
}

let ids = 0
function item(action: BagItem['action'], more: Partial<BagItem>): BagItem {
  ids += 1
  return { id: `id-${ids}`, personId: 7, at: '2026-11-21T06:10:07.000Z', action, ...more }
}

function after(state: State, ...events: Event[]): State {
  return events.reduce(reduce, state)
}

function scanned(made: BagItem): Event {
  return { type: 'scanned', item: made, fromScanner: true }
}

function answered(made: BagItem, result: Partial<ScanResult>): Event {
  const answer: BagAnswer = { item: { ...made, seq: 1 }, result: { id: made.id, outcome: 'linked', ...result } }
  return { type: 'answered', answers: [answer] }
}

const signedIn = after(firstState(), { type: 'me', me, selected: null, first: true })
const offline = after(signedIn, { type: 'link', link: 'offline' })

function withParent(state: State, code: string, children: number): State {
  const made = item('parent', { code })
  return after(state, scanned(made), answered(made, { outcome: 'parent_selected', code, children, capacity: 30 }))
}

const count = (state: State) => (state.parent ? countOf(state, state.parent) : null)

describe('codes', () => {
  it('are_parents_only_when_prefix_and_digits_fit_exactly', () => {
    const is = (code: string) => isParentLabel(code, me.labels)
    expect(['SB12345', 'M444-00001'].map(is)).toEqual([true, true])
    const wrong = ['SB1234', 'SB123456', 'SB-12345', 'M445-12345', 'M44412345', 'SB1234A', 'XSB12345', 'KID17']
    expect(wrong.map(is)).toEqual(wrong.map(() => false))
  })
})

describe('offline', () => {
  it('a_parent_is_shown_at_once_and_children_carry_the_parent_they_were_scanned_for', () => {
    let state = after(offline, scanned(item('parent', { code: 'SB00001' })))
    expect(state.parent?.code).toBe('SB00001')
    state = after(state, scanned(item('child', { code: 'KID1', parent: 'SB00001' })), scanned(item('child', { code: 'KID2', parent: 'SB00001' })))
    expect(count(state)).toBe(2)
    state = after(state, scanned(item('parent', { code: 'SB00002' })), scanned(item('child', { code: 'KID3', parent: 'SB00002' })))
    expect(count(state)).toBe(1)
    expect(state.waiting.map(({ action, code, parent }) => [action, code, parent])).toEqual([
      ['parent', 'SB00001', undefined],
      ['child', 'KID1', 'SB00001'],
      ['child', 'KID2', 'SB00001'],
      ['parent', 'SB00002', undefined],
      ['child', 'KID3', 'SB00002'],
    ])
    expect(state.sound).toBe('high')
  })

  it('the_count_is_what_was_known_plus_what_waits_and_an_undo_takes_away', () => {
    let state = after(withParent(signedIn, 'SB00001', 16), { type: 'link', link: 'offline' })
    state = after(state, scanned(item('child', { code: 'KID1', parent: 'SB00001' })))
    state = after(state, scanned(item('child', { code: 'KID1', parent: 'SB00001' })))
    expect(count(state)).toBe(17)
    expect(isWaitingTwice(state, 'SB00001', 'KID1')).toBe(true)
    state = after(state, scanned(item('undo', { parent: 'SB00001', code: 'KID1' })))
    expect(count(state)).toBe(16)
    expect(isWaitingTwice(state, 'SB00001', 'KID1')).toBe(false)
    state = after(state, scanned(item('undo', { parent: 'SB00001' })))
    expect(count(state)).toBe(15)
  })

  it('thirty_complete_the_parent_here_too', () => {
    let state = after(withParent(signedIn, 'SB00001', 29), { type: 'link', link: 'offline' })
    state = after(state, scanned(item('child', { code: 'KID30', parent: 'SB00001' })))
    expect(state.banner).toMatchObject({ kind: 'completed', parent: 'SB00001', children: 30 })
    state = after(state, { type: 'completed_seen', parent: 'SB00001' })
    expect(state.parent).toBeNull()
  })

  it('a_sound_is_made_when_kept_and_not_again_when_answered', () => {
    const made = item('child', { code: 'KID1', parent: 'SB00001' })
    let state = after(withParent(offline, 'SB00001', 0), scanned(made))
    const { cue } = state
    state = after(state, { type: 'link', link: 'ok' }, answered(made, { code: 'KID1', parent: 'SB00001', children: 1 }))
    expect(state.cue).toBe(cue)
    expect(state.last[0]?.state).toBe('ok')
  })
})

describe('answers', () => {
  it('replace_the_provisional_count_without_counting_twice', () => {
    const one = item('child', { code: 'KID1', parent: 'SB00001' })
    const two = item('child', { code: 'KID2', parent: 'SB00001' })
    let state = after(withParent(signedIn, 'SB00001', 16), scanned(one), scanned(two))
    expect(count(state)).toBe(18)
    state = after(state, answered(one, { code: 'KID1', parent: 'SB00001', children: 17 }))
    expect(count(state)).toBe(18)
    state = after(state, answered(two, { code: 'KID2', parent: 'SB00001', children: 18 }))
    expect(count(state)).toBe(18)
    expect(state.waiting).toEqual([])
    expect(state.sound).toBe('high')
  })

  it('that_complete_the_parent_show_it_and_then_ask_for_the_next', () => {
    const made = item('child', { code: 'KID30', parent: 'SB00001' })
    let state = after(withParent(signedIn, 'SB00001', 29), scanned(made))
    expect(state.banner.kind).toBe('none')
    state = after(state, answered(made, { code: 'KID30', parent: 'SB00001', children: 30, completed: true }))
    expect(state.banner.kind).toBe('completed')
    const next = after(state, scanned(item('parent', { code: 'SB00002' })), { type: 'completed_seen', parent: 'SB00001' })
    expect(next.parent?.code).toBe('SB00002')
    expect(after(state, { type: 'completed_seen', parent: 'SB00001' }).parent).toBeNull()
  })

  it('to_another_tabs_scan_change_the_count_and_make_no_sound', () => {
    const state = withParent(signedIn, 'SB00001', 3)
    const next = after(state, answered(item('child', { code: 'KID9' }), { code: 'KID9', parent: 'SB00001', children: 4 }))
    expect(count(next)).toBe(4)
    expect(next.cue).toBe(state.cue)
    const refused = after(next, answered(item('child', { code: 'KID8' }), { outcome: 'duplicate', parent: 'SB00001' }))
    expect([refused.cue, refused.banner.kind, count(refused)]).toEqual([state.cue, 'none', 4])
  })

  it('of_an_undo_bring_a_completed_parent_back_under_the_hand', () => {
    const child = item('child', { code: 'KID30', parent: 'SB00001' })
    let state = after(withParent(signedIn, 'SB00001', 29), scanned(child), answered(child, { parent: 'SB00001', children: 30, completed: true }))
    state = after(state, { type: 'completed_seen', parent: 'SB00001' })
    expect(undoParentOf(state)).toBe('SB00001')
    const undo = item('undo', { parent: 'SB00001', code: 'KID30' })
    state = after(state, scanned(undo), answered(undo, { outcome: 'undone', code: 'KID30', parent: 'SB00001', children: 29 }))
    expect([state.parent?.code, count(state)]).toEqual(['SB00001', 29])
    expect(lastChildOf(state, 'SB00001')).toBeUndefined()
  })

  it('that_refuse_an_undo_leave_the_child_in', () => {
    const child = item('child', { code: 'KID1', parent: 'SB00001' })
    const undo = item('undo', { parent: 'SB00001', code: 'KID1' })
    let state = after(withParent(signedIn, 'SB00001', 0), scanned(child), answered(child, { parent: 'SB00001', children: 1 }))
    state = after(state, scanned(undo), answered(undo, { outcome: 'parent_on_completed_bill', parent: 'SB00001' }))
    expect(count(state)).toBe(1)
    expect(lastChildOf(state, 'SB00001')?.code).toBe('KID1')
  })
})

describe('a refusal', () => {
  const made = item('child', { code: 'KID903', parent: 'SB00042' })
  const refused = after(
    withParent(signedIn, 'SB00042', 16),
    scanned(made),
    answered(made, { outcome: 'child_elsewhere', code: 'KID903', current_parent: 'SB00031' }),
  )

  it('changes_no_count_is_told_and_is_kept_for_attention', () => {
    expect(count(refused)).toBe(16)
    expect(refused.banner).toMatchObject({ kind: 'refused', outcome: 'child_elsewhere', currentParent: 'SB00031', parent: 'SB00042' })
    expect(refused.attention.map(({ item: kept }) => kept.code)).toEqual(['KID903'])
    expect(refused.last[0]).toMatchObject({ state: 'no', currentParent: 'SB00031' })
    expect(refused.sound).toBe('refused')
  })

  it('is_replaced_by_the_next_scan_without_a_click', () => {
    const next = after(refused, scanned(item('child', { code: 'KID2', parent: 'SB00042' })))
    expect(next.banner.kind).toBe('none')
    expect(next.attention).toHaveLength(1)
    expect(count(next)).toBe(17)
  })

  it('needs_no_attention_any_more_once_the_child_was_moved', () => {
    const move = item('relink', { code: 'KID903', parent: 'SB00042' })
    const moved = after(refused, scanned(move), answered(move, { outcome: 'relinked', code: 'KID903', parent: 'SB00042', children: 17 }))
    expect(moved.attention).toEqual([])
    expect(count(moved)).toBe(17)
  })

  it('of_a_parent_shows_no_parent_rather_than_the_one_before', () => {
    const choose = item('parent', { code: 'SB00077' })
    const state = after(withParent(signedIn, 'SB00042', 5), scanned(choose), answered(choose, { outcome: 'other_area', code: 'SB00077' }))
    expect(state.parent).toBeNull()
  })

  it('with_a_new_name_is_still_a_refusal', () => {
    const child = item('child', { code: 'KID1', parent: 'SB00042' })
    const state = after(withParent(signedIn, 'SB00042', 1), scanned(child), answered(child, { outcome: 'moon_is_full' as string as ScanResult['outcome'], message: 'Wait.' }))
    expect(state.banner).toMatchObject({ kind: 'refused', message: 'Wait.' })
  })

  it('made_here_is_seen_and_never_sent', () => {
    const state = after(signedIn, { type: 'refused_here', id: 'x', at: '', action: 'child', code: 'KID1', outcome: 'no_parent' })
    expect(state.waiting).toEqual([])
    expect(state.last[0]).toMatchObject({ code: 'KID1', state: 'no', outcome: 'no_parent' })
    expect(state.sound).toBe('refused')
  })

  it('to_keep_takes_the_scan_off_the_count', () => {
    const child = item('child', { code: 'KID1', parent: 'SB00042' })
    const state = after(withParent(signedIn, 'SB00042', 1), scanned(child), { type: 'not_kept', id: child.id })
    expect(count(state)).toBe(1)
    expect(state.banner).toMatchObject({ kind: 'refused', outcome: 'not_kept' })
  })
})

describe('coming back', () => {
  const waiting = [item('child', { code: 'KID1', parent: 'SB00001' })]
  const saved = withParent(signedIn, 'SB00001', 4)

  it('shows_the_parent_the_list_and_the_queue_as_they_were_left', () => {
    const state = after(firstState(), { type: 'restored', saved, waiting, attention: [] })
    expect([state.parent?.code, count(state), state.waiting.length, state.last.length]).toEqual(['SB00001', 5, 1, 1])
  })

  it('believes_the_server_about_the_parent_only_when_nothing_newer_is_here', () => {
    const selected = { code: 'SB00009', children: 2, capacity: 30, status: '' }
    const busy = after(firstState(), { type: 'restored', saved, waiting, attention: [] }, { type: 'me', me, selected, first: true })
    expect(busy.parent?.code).toBe('SB00001')
    const idle = after(firstState(), { type: 'restored', saved, waiting: [], attention: [] }, { type: 'me', me, selected, first: true })
    expect(idle.parent?.code).toBe('SB00009')
    const later = after(idle, { type: 'me', me, selected: { ...selected, code: 'SB00010' }, first: false })
    expect(later.parent?.code).toBe('SB00009')
  })

  it('does_not_bring_back_a_parent_that_idling_had_put_away', () => {
    const away = after(saved, { type: 'idle' })
    expect([away.parent, away.left]).toEqual([null, 'SB00001'])
    const selected = { code: 'SB00001', children: 4, capacity: 30, status: '' }
    expect(after(away, { type: 'me', me, selected, first: true }).parent).toBeNull()
  })

  it('tells_what_became_of_scans_that_were_answered_meanwhile', () => {
    const before = after(saved, scanned(item('child', { code: 'KID5', parent: 'SB00001' })), scanned(waiting[0] as BagItem))
    const state = after(firstState(), { type: 'restored', saved: before, waiting, attention: [] })
    expect(state.last.slice(0, 2).map((scan) => [scan.code, scan.state])).toEqual([
      ['KID1', 'kept'],
      ['KID5', 'ok'],
    ])
  })
})

describe('closing early', () => {
  it('is_asked_once_and_forgotten_by_the_next_scan', () => {
    const asked = after(withParent(signedIn, 'SB00001', 3), { type: 'close_asked', asked: true })
    expect(asked.closeAsked).toBe(true)
    expect(after(asked, scanned(item('child', { code: 'KID4', parent: 'SB00001' }))).closeAsked).toBe(false)
    const closed = after(asked, scanned(item('close', { code: 'SB00001' })))
    expect([closed.parent, closed.closeAsked]).toEqual([null, false])
  })
})
