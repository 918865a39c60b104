// @vitest-environment happy-dom
// Proves what office pages tell about passwords and notices, and that nothing of it stands in the way.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { showUnread } from '../src/app/notices'
import { showStrength } from '../src/app/strength'

const find = <T extends Element>(selector: string) => document.querySelector(selector) as unknown as T

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the strength of a password', () => {
  const page = () => {
    document.body.innerHTML =
      '<form><input data-strength data-names="asha rao" aria-describedby="told"><p id="told" data-strength-words data-words="Strength">Usual help</p></form>'
    showStrength(document)
    const field = find<HTMLInputElement>('input')
    return (text: string) => {
      field.value = text
      field.dispatchEvent(new Event('input'))
    }
  }

  it('is_told_after_a_pause_in_typing_with_what_is_weak', async () => {
    const asked: string[] = []
    vi.stubGlobal('fetch', async (_: string, options: { body: string }) => {
      asked.push(options.body)
      return { ok: true, json: async () => ({ score: 1, words: 'Easy to guess.' }) }
    })
    const type = page()
    type('a')
    type('asha')
    await vi.advanceTimersByTimeAsync(500)
    expect(asked.length).toBe(1)
    expect(asked[0]).toContain('"names":"asha rao ')
    expect([find('#told').textContent, find<HTMLMeterElement>('meter').value]).toEqual(['Easy to guess.', 1])
    type('')
    expect([find('#told').textContent, find<HTMLElement>('meter').hidden]).toEqual(['Usual help', true])
  })

  it('is_not_told_when_nobody_answers', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new Error('away')))
    page()('asha')
    await vi.advanceTimersByTimeAsync(500)
    expect([find('#told').textContent, find<HTMLElement>('meter').hidden]).toEqual(['Usual help', true])
  })
})

describe('the bell', () => {
  it('counts_what_is_unread_and_says_it_to_screen_readers', async () => {
    document.body.innerHTML = '<a data-unread="/api" aria-label="Notices" data-words="Notices, unread: %n%"><b hidden></b></a>'
    let unread = 2
    vi.stubGlobal('fetch', async () => ({ ok: true, json: async () => ({ unread }) }))
    showUnread(document)
    await vi.advanceTimersByTimeAsync(1)
    const shown = () => [find('b').textContent, find<HTMLElement>('b').hidden, find('a').getAttribute('aria-label')]
    expect(shown()).toEqual(['2', false, 'Notices, unread: 2'])
    unread = 0
    await vi.advanceTimersByTimeAsync(30_000)
    expect(shown()).toEqual(['0', true, 'Notices'])
  })
})
