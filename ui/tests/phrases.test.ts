// Proves that the words of the floor are complete in every language.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import english from '../phrases.en.json'
import hindi from '../phrases.hi.json'
import { fill, headline, t, useWords, wayOut } from '../src/station/phrases'

const root = new URL('..', import.meta.url).pathname
const words: Record<string, Record<string, string>> = { en: english, hi: hindi }
const serverOutcomes = [
  'parent_created parent_selected linked unlinked relinked undone closed',
  'bad_code not_a_parent_code is_parent is_child unknown_parent duplicate child_elsewhere parent_full parent_completed',
  'parent_on_completed_bill not_linked too_old_to_undo nothing_to_undo other_area scan_id_reused',
]
  .join(' ')
  .split(' ')
const ownRefusals = 'malformed no_parent not_signed_in no_right not_kept queue_full unknown'.split(' ')

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
    expect(Object.keys(hindi).sort()).toEqual(Object.keys(english).sort())
    for (const [key, text] of Object.entries(english)) {
      expect(new Set(placesOf(words.hi?.[key] ?? '')), key).toEqual(new Set(placesOf(text)))
    }
  })

  it('are_all_there_and_all_used', () => {
    const used = new Set([...sources().matchAll(/'(floor-[a-z-]+)'/g)].map((match) => match[1]))
    const written = Object.keys(english).filter((key) => key.startsWith('floor-'))
    expect([...used].sort()).toEqual(written.sort())
  })

  it('name_a_way_out_for_every_refusal_and_a_headline_for_every_outcome', () => {
    const isGood = /^(parent_created|parent_selected|linked|unlinked|relinked|undone|closed)$/
    for (const outcome of [...serverOutcomes, ...ownRefusals]) {
      expect(words.en?.[`outcome-${outcome}`], outcome).toBeTruthy()
      expect(words.en?.[`outcome-${outcome}`]).not.toContain('{')
      if (isGood.test(outcome)) continue
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

  it('change_language_and_fall_back_to_english', () => {
    useWords('hi', { ...hindi, 'floor-undo': '' })
    expect(t('floor-leave')).toBe(hindi['floor-leave'])
    expect(t('floor-undo')).toBe('Undo')
    useWords('en', english)
    expect(t('floor-leave')).toBe('Leave')
  })
})
