// Proves that the words of the stations are complete in every language.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import bagsEnglish from '../phrases/bags.en.json'
import bagsHindi from '../phrases/bags.hi.json'
import engineEnglish from '../phrases/engine.en.json'
import engineHindi from '../phrases/engine.hi.json'
import { isBuiltIn } from '../scripts/built-in'
import * as api from '../src/bags/api'
import { headline, t, wayOut } from '../src/bags/phrases'
import { fill, useWords } from '../src/engine/phrases'

const english = { ...engineEnglish, ...bagsEnglish }
const hindi = { ...engineHindi, ...bagsHindi }
const root = new URL('..', import.meta.url).pathname
const words: Record<string, Record<string, string>> = { en: english, hi: hindi }
const serverOutcomes = [
  'parent_created parent_selected linked unlinked relinked undone closed',
  'bad_code not_a_parent_code is_parent is_child unknown_parent duplicate child_elsewhere parent_full parent_completed',
  'parent_on_completed_bill not_linked too_old_to_undo nothing_to_undo other_area scan_id_reused',
  'bill_linked bill_unlinked bill_created bill_edited bill_unchanged bill_finished bill_reopened bill_deleted children_set recalculated',
  'unknown_bag unknown_bill bill_exists bad_bill bad_capacity bad_description bad_transport capacity_below_linked already_on_this_bill already_on_bill',
  'bill_full bill_completed bill_open bill_short not_on_bill too_many_children',
]
  .join(' ')
  .split(' ')
/** No station can meet these; their words are among those of the office pages. */
const officeOutcomes = [
  ...'registered deleted restored parent_on_bill has_children is_linked changed_since scanned_since'.split(' '),
  ...'brought_back bill_brought_back nothing_to_bring_back scanned_again'.split(' '),
]
const ownRefusals = 'malformed no_parent no_bill not_signed_in no_right not_kept queue_full unknown'.split(' ')

function sources(): string {
  const folder = join(root, 'src')
  const names = readdirSync(folder, { recursive: true }).map(String)
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
}

function placesOf(text: string): string[] {
  return [...text.matchAll(/\{\$(\w+)\}/g)].map((match) => match[1] ?? '').sort()
}

describe('phrases', () => {
  it('have_the_same_keys_and_places_in_every_language', () => {
    expect(Object.keys(engineHindi).sort()).toEqual(Object.keys(engineEnglish).sort())
    expect(Object.keys(bagsHindi).sort()).toEqual(Object.keys(bagsEnglish).sort())
    expect(Object.keys(engineEnglish).filter((key) => key in bagsEnglish)).toEqual([])
    for (const [key, text] of Object.entries(english)) {
      expect(new Set(placesOf(words.hi?.[key] ?? '')), key).toEqual(new Set(placesOf(text)))
    }
  })

  it('are_all_there_and_all_used', () => {
    const used = new Set([...sources().matchAll(/'((?:foot|(?:station|parent|bill|foot)-[a-z-]+))'/g)].map((match) => match[1]))
    for (const name of ['station-name', 'bill-view', 'bill-progress']) used.delete(name) // an id, a fact and a class
    const written = Object.keys(english).filter((key) => /^(station|parent|bill|foot)\b/.test(key))
    expect([...used].sort()).toEqual(written.sort())
  })

  it('name_a_way_out_for_every_refusal_and_a_headline_for_every_outcome', () => {
    const described = (api as { OUTCOMES?: readonly string[] }).OUTCOMES ?? []
    const listed = described.filter((outcome) => !officeOutcomes.includes(outcome))
    const isGood = /^(parent_created|parent_selected|linked|unlinked|relinked|undone|closed)$/
    const isDone = /^(bill_(linked|unlinked|created|edited|unchanged|finished|reopened|deleted)|children_set|recalculated)$/
    for (const outcome of [...serverOutcomes, ...listed, ...ownRefusals]) {
      expect(words.en?.[`outcome-${outcome}`], outcome).toBeTruthy()
      expect(words.en?.[`outcome-${outcome}`]).not.toContain('{')
      if (isGood.test(outcome)) continue
      if (isDone.test(outcome)) expect(words.en?.[`done-${outcome}`], outcome).toBeTruthy()
      if (isDone.test(outcome)) continue
      expect(words.en?.[`refused-${outcome}`], outcome).toMatch(/\. |, or |so | or /)
    }
  })

  it('fill_places_and_never_show_a_bare_one', () => {
    expect(fill('{$code} in {$parent}', { code: 'KID1', parent: 'SB00001' })).toBe('KID1 in SB00001')
    expect(fill('{$code} in {$parent}', { code: 'KID1' })).not.toContain('{')
    expect(wayOut('child_elsewhere', { code: 'KID17', current_parent: 'SB00042' })).toBe(
      'KID17 is already in SB00042. Scan SB00042 to see it, or press Move to bring it here.',
    )
    expect(headline('child_elsewhere', { current_parent: 'SB00042' })).toBe('Already in SB00042')
    expect(headline('something_new', {})).toBe('Refused')
    expect(wayOut('something_new', { code: 'K' }, 'The server says so.')).toBe('The server says so.')
  })

  it('are_built_into_each_station_as_far_as_it_can_meet_them', () => {
    const station = Object.keys(english).filter((key) => isBuiltIn(key, 'station'))
    const bill = Object.keys(english).filter((key) => isBuiltIn(key, 'bill'))
    for (const page of [station, bill]) expect(page).toEqual(expect.arrayContaining(Object.keys(engineEnglish)))
    expect(station).toEqual(expect.arrayContaining(Object.keys(english).filter((key) => /^(parent|foot)\b/.test(key))))
    expect(station).toEqual(expect.arrayContaining(['refused-parent_on_completed_bill', 'refused-no_parent', 'outcome-linked']))
    expect(bill).toEqual(expect.arrayContaining(['bill-title', 'refused-bill_short', 'refused-already_on_bill', 'refused-unknown_bill']))
    expect([...station, ...bill].filter((key) => /^done-|bad_capacity|bill_exists/.test(key))).toEqual([])
    expect(station.filter((key) => key.startsWith('bill-'))).toEqual([])
  })

  it('change_language_and_fall_back_to_english', () => {
    useWords('hi', { ...hindi, 'station-undo': '' })
    expect(t('station-leave')).toBe(hindi['station-leave'])
    expect(t('station-undo')).toBe('Undo')
    useWords('en', english)
    expect(t('station-leave')).toBe('Leave')
  })

  it('say_more_where_the_answer_tells_more', () => {
    expect(wayOut('bad_code', { code: 'KID1⟨GS⟩7' })).toContain('KID1⟨GS⟩7 has an invisible character in it, GS,')
    expect(wayOut('not_kept', { code: 'KID1', pressed: 1 })).toContain('press the key again')
    expect(wayOut('is_parent', { code: 'SB00001', n: 7, capacity: 30 })).toContain('with 7 of 30 children')
    expect(wayOut('is_parent', { code: 'SB00001' })).not.toContain('…')
    expect(wayOut('is_child', { code: 'KID1', current_parent: 'SB00002' })).toContain('child bag in SB00002')
    expect(wayOut('is_child', { code: 'KID2', parent: 'KID1' })).toContain('KID1 is a child bag and cannot hold KID2')
    expect(wayOut('not_a_parent_code', { code: 'X', labels: 'SB#####' })).toContain('SB#####')
    expect(wayOut('not_linked', { code: 'KID1', parent: 'SB00001', current_parent: 'SB00002' })).toContain('but in SB00002')
  })
})
