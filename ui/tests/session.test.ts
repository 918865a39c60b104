// @vitest-environment happy-dom
// Proves that a page warns before its screen locks, keeps what was typed behind the lock, and goes on afterwards.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepDrafts } from '../src/app/drafts'
import { watchSession } from '../src/app/session'
import { fetchMe } from '../src/engine/me'

const find = <T extends Element>(selector: string) => document.querySelector(selector) as unknown as T
const json = (body: unknown, status = 200) => new Response(status === 204 ? null : JSON.stringify(body), { status })

const PAGE = `
  <form action="/logout"><input type="hidden" name="csrf" value="proof"></form>
  <input id="typed" value="half a bill">
  <dialog id="stay"><p data-words data-locks="locks in # min" data-ends="ends in # min"></p><button data-stay>Stay</button></dialog>
  <dialog id="locked"><form data-resume><p data-wrong hidden>wrong</p><input type="password"><button>Go</button></form></dialog>`

beforeEach(() => {
  document.body.innerHTML = PAGE
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const watching = () => {
  const fetch = vi.fn<typeof globalThis.fetch>()
  vi.stubGlobal('fetch', fetch)
  const watch = watchSession(document)
  if (!watch) throw new Error('there is a session to watch')
  return { fetch, watch }
}

const settle = () => new Promise((done) => setTimeout(done, 5))

describe('a session', () => {
  it('warns_before_its_screen_locks_and_goes_on_when_asked', async () => {
    const { fetch, watch } = watching()
    fetch.mockResolvedValueOnce(json({ locked: false, show_warning: true, ends: false, time_remaining_seconds: 241 }))
    await watch.look()
    const warning = find<HTMLDialogElement>('#stay')
    expect([warning.open, find('[data-words]').textContent]).toEqual([true, 'locks in 5 min'])
    fetch.mockResolvedValueOnce(json({ locked: false, show_warning: false, ends: false, time_remaining_seconds: 1800 }))
    find<HTMLButtonElement>('[data-stay]').click()
    await settle()
    expect(fetch.mock.lastCall?.[0]).toBe('/api/session/stay')
    expect(fetch.mock.lastCall?.[1]?.headers).toMatchObject({ 'X-CSRF-Token': 'proof' })
    expect(warning.open).toBe(false)
  })

  it('has_no_button_to_stay_where_its_end_cannot_be_put_off', async () => {
    const { fetch, watch } = watching()
    fetch.mockResolvedValueOnce(json({ locked: false, show_warning: true, ends: true, time_remaining_seconds: 59 }))
    await watch.look()
    expect([find('[data-words]').textContent, find<HTMLElement>('[data-stay]').hidden]).toEqual(['ends in 1 min', true])
  })

  it('keeps_the_page_behind_its_lock_until_the_password_is_right', async () => {
    const { fetch, watch } = watching()
    fetch.mockResolvedValueOnce(json({ locked: true, show_warning: false, ends: true, time_remaining_seconds: 900 }))
    await watch.look()
    const lock = find<HTMLDialogElement>('#locked')
    const field = find<HTMLInputElement>('#locked input')
    const send = async (password: string, status: number) => {
      fetch.mockResolvedValueOnce(json({}, status))
      field.value = password
      find<HTMLFormElement>('#locked form').dispatchEvent(new Event('submit', { cancelable: true }))
      await settle()
      return [lock.open, find<HTMLElement>('[data-wrong]').hidden, field.value]
    }
    expect(lock.open).toBe(true)
    expect(await send('wrong', 422)).toEqual([true, false, ''])
    expect(await send('right', 204)).toEqual([false, true, ''])
    expect(JSON.parse(String(fetch.mock.lastCall?.[1]?.body))).toEqual({ password: 'right' })
    expect(find<HTMLInputElement>('#typed').value).toBe('half a bill')
  })
})

describe('a station', () => {
  it('tells_a_locked_screen_from_a_session_that_has_ended', async () => {
    vi.stubGlobal('fetch', vi.fn().mockResolvedValueOnce(json({ code: 'session_locked' }, 401)).mockResolvedValueOnce(json({ code: 'not_signed_in' }, 401)))
    expect([await fetchMe(), await fetchMe()]).toEqual(['locked', 'signed_out'])
  })
})

describe('a page whose session has ended', () => {
  it('keeps_what_was_typed_and_leads_to_the_sign_in_page', async () => {
    const { fetch, watch } = watching()
    document.body.dataset.person = '7'
    const form = `<form method="post" action="/bills"><input name="number" value=""><input type="password" name="secret"></form>`
    document.body.insertAdjacentHTML('beforeend', form)
    find<HTMLInputElement>('[name=number]').value = 'INV-7'
    find<HTMLInputElement>('[name=secret]').value = 'hidden word'
    const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined)
    fetch.mockResolvedValueOnce(json({ code: 'not_signed_in' }, 401))
    await watch.look()
    expect(String(assign.mock.lastCall?.[0])).toMatch(/^\/login\?next=/)
    const kept = sessionStorage.getItem('drafts') ?? ''
    expect([kept.includes('INV-7'), kept.includes('hidden word')]).toEqual([true, false])
    document.body.insertAdjacentHTML('beforeend', '<div id="unsaved"></div>')
    find<HTMLInputElement>('[name=number]').value = ''
    keepDrafts(document)
    expect(find<HTMLInputElement>('[name=number]').value).toBe('INV-7')
    delete document.body.dataset.person
    sessionStorage.clear()
  })
})
