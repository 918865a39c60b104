// @vitest-environment happy-dom
// Proves that what was typed survives a session that ends, for the person who typed it and for nobody else.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { draftOf, fillIn, keepDrafts, type Draft } from '../src/app/drafts'

const find = <T extends Element>(selector: string) => document.querySelector(selector) as unknown as T
const kept = () => JSON.parse(sessionStorage.getItem('drafts') ?? '[]') as Draft[]

const FORM = `<form method="post" action="/bills/A1/edit" id="bill-form">
  <input type="hidden" name="csrf" value="proof"><input type="hidden" name="was" value="3">
  <input name="capacity" value="3"><textarea name="text"></textarea>
  <input name="code"><input name="code">
  <select name="kind"><option value="a">a<option value="b">b</select>
  <input type="checkbox" name="each" value="x" checked><input type="checkbox" name="each" value="y">
  <input type="radio" name="one" value="1" checked><input type="radio" name="one" value="2">
  <input type="password" name="secret"><input name="otp" autocomplete="one-time-code"><input type="file" name="file">
</form>`
const NOTICE = '<div id="unsaved"><span data-with-file hidden></span><button type="button" data-discard hidden></button></div>'

/** A page as the server makes it, at an address. */
function visit(path: string, { person = '7', html = NOTICE + FORM }: { person?: string | null; html?: string } = {}) {
  const address = new URL(path, 'http://site.example')
  vi.stubGlobal('location', { href: address.href, pathname: address.pathname, search: address.search, hash: address.hash, replace: vi.fn() })
  document.body.innerHTML = html
  if (person === null) delete document.body.dataset.person
  else document.body.dataset.person = person
  keepDrafts(document)
}

function type() {
  find<HTMLInputElement>('[name=capacity]').value = '12'
  find<HTMLTextAreaElement>('textarea').value = 'two\nlines'
  document.querySelectorAll<HTMLInputElement>('[name=code]').forEach((field, at) => (field.value = `C${at}`))
  find<HTMLSelectElement>('select').value = 'b'
  document.querySelectorAll<HTMLInputElement>('[name=each]').forEach((field) => (field.checked = !field.checked))
  find<HTMLInputElement>('[value="2"]').checked = true
  find<HTMLInputElement>('[name=secret]').value = 'password'
  find<HTMLInputElement>('[name=otp]').value = '123456'
}

const shown = () => [
  find<HTMLInputElement>('[name=capacity]').value,
  find<HTMLTextAreaElement>('textarea').value,
  ...Array.from(document.querySelectorAll<HTMLInputElement>('[name=code]'), ({ value }) => value),
  find<HTMLSelectElement>('select').value,
  ...Array.from(document.querySelectorAll<HTMLInputElement>('[type=checkbox], [type=radio]'), ({ checked }) => checked),
]
const TYPED = ['12', 'two\nlines', 'C0', 'C1', 'b', false, true, false, true]

const submit = (selector = 'form') => find(selector).dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))

let listeners: [string, EventListenerOrEventListenerObject][] = []
beforeEach(() => {
  sessionStorage.clear()
  listeners = []
  const add = window.addEventListener.bind(window)
  // Each page begins with a window of its own.
  vi.spyOn(window, 'addEventListener').mockImplementation((name: string, work: unknown) => {
    listeners.splice(0).forEach((old) => window.removeEventListener(...old))
    listeners.push([name, work as EventListener])
    add(name as 'submit', work as () => void)
  })
})
afterEach(() => {
  listeners.forEach((old) => window.removeEventListener(...old))
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('what was typed', () => {
  it('is_there_again_after_signing_in', () => {
    visit('/bills/A1/edit?said=1')
    type()
    submit()
    visit('/login?next=x', { person: null, html: '<form method="post" action="/login"><input name="username"></form>' })
    visit('/bills/A1/edit#unsaved')
    expect(shown()).toEqual(TYPED)
    expect(find('#unsaved').classList.contains('shown')).toBe(true)
    expect(find<HTMLElement>('[data-discard]').hidden).toBe(false)
    expect(find<HTMLElement>('[data-with-file]').hidden).toBe(true)
  })

  it('is_there_again_at_once_when_only_the_proof_was_old', () => {
    visit('/bills/A1/edit')
    type()
    submit()
    visit('/bills/A1/edit#unsaved')
    expect(shown()).toEqual(TYPED)
    expect([find<HTMLInputElement>('[name=csrf]').value, find<HTMLInputElement>('[name=was]').value]).toEqual(['proof', '3'])
  })

  it('waits_for_its_page_when_somebody_looks_at_another_first', () => {
    visit('/bills/A1/edit')
    type()
    submit()
    visit('/login', { person: null, html: '' })
    visit('/', { html: NOTICE })
    visit('/bills/A1/edit')
    expect(shown()).toEqual(TYPED)
  })

  it('is_forgotten_when_the_server_accepted_it', () => {
    visit('/bills/A1/edit')
    type()
    submit()
    expect(kept()).toHaveLength(1)
    visit('/bills/A1?said=2', { html: NOTICE })
    expect(kept()).toEqual([])
    visit('/bills/A1/edit#unsaved')
    expect(shown()[0]).toBe('3')
  })

  it('holds_no_password_no_code_no_file_and_no_proof', () => {
    visit('/bills/A1/edit')
    type()
    submit()
    const names = new Set(kept().flatMap(({ fields }) => fields.map(([name]) => name)))
    expect([...names].sort()).toEqual(['capacity', 'code', 'each', 'kind', 'one', 'text', 'was'])
  })

  it('is_shown_to_nobody_else_and_gone_after_a_sign_out', () => {
    visit('/bills/A1/edit')
    type()
    submit()
    visit('/login', { person: null, html: '' })
    visit('/bills/A1/edit#unsaved', { person: '8' })
    expect(shown()[0]).toBe('3')
    expect(kept()).toEqual([])
    visit('/bills/A1/edit', { html: `${NOTICE}${FORM}<form method="post" action="/logout" id="out"></form>` })
    type()
    submit('#bill-form')
    submit('#out')
    expect(kept()).toEqual([])
  })

  it('is_neither_endless_nor_kept_for_a_day', () => {
    vi.useFakeTimers()
    visit('/bills/A1/edit')
    for (let n = 0; n < 12; n += 1) {
      find('form').id = `form-${n}`
      find<HTMLTextAreaElement>('textarea').value = 'x'.repeat(60_000)
      submit()
    }
    expect(kept().length).toBeLessThan(4)
    expect(sessionStorage.getItem('drafts')?.length).toBeLessThan(200_001)
    vi.advanceTimersByTime(13 * 3_600_000)
    visit('/bills/A1/edit#unsaved')
    expect(kept()).toEqual([])
    vi.useRealTimers()
  })
})

describe('a form', () => {
  it('that_holds_nothing_typed_or_that_only_asks_is_not_kept', () => {
    document.body.innerHTML = '<form method="post" action="/x"><input type="hidden" name="code" value="A"><button>Go</button></form><form action="/lookup"><input name="q"></form>'
    expect(Array.from(document.forms, (form) => draftOf(form, '7', '/'))).toEqual([null, null])
  })

  it('whose_fields_are_called_like_its_properties_is_kept_like_any_other', () => {
    document.body.innerHTML = '<form method="post" action="/x" id="f"><input name="action" value="1"><input name="id"><input name="method"></form>'
    expect(draftOf(document.forms[0] as HTMLFormElement, '7', '/')?.form).toBe('/x f')
  })

  it('opens_what_is_folded_and_tells_its_fields_that_they_have_changed', () => {
    document.body.innerHTML = '<details><form method="post" action="/x"><input name="word"></form></details>'
    const heard = vi.fn()
    find('input').addEventListener('input', heard)
    fillIn(document.forms[0] as HTMLFormElement, [['word', 'DELETE']])
    expect([find<HTMLInputElement>('input').value, find<HTMLDetailsElement>('details').open, heard.mock.calls.length]).toEqual(['DELETE', true, 1])
  })
})
