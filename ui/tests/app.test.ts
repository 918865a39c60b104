// @vitest-environment happy-dom
// Proves that what the office pages get from script never stands in the way of a person, or a scanner.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { guardConfirmations } from '../src/app/confirm'
import { submitFilters } from '../src/app/filters'
import { followProgress, hasEnded } from '../src/app/progress'
import { restoreScroll } from '../src/app/scroll'
import { suggest, suggestPeople } from '../src/app/suggest'

const find = <T extends Element>(selector: string) => document.querySelector(selector) as unknown as T
const key = (node: Element, name: string) => {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true })
  node.dispatchEvent(event)
  return event
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a typed confirmation', () => {
  it('keeps_the_button_off_until_the_word_is_there', () => {
    document.body.innerHTML = '<form data-confirm="DELETE meera"><input data-confirm-text><button>Go</button><button type="button">Other</button></form>'
    guardConfirmations(document)
    const [field, go, other] = [find<HTMLInputElement>('input'), find<HTMLButtonElement>('button'), find<HTMLButtonElement>('[type=button]')]
    const type = (text: string) => {
      field.value = text
      field.dispatchEvent(new Event('input'))
      return go.disabled
    }
    expect([go.disabled, other.disabled]).toEqual([true, false])
    expect([type('DELETE'), type('delete meera'), type(' DELETE meera '), type('DELETE meeraa')]).toEqual([true, true, false, true])
  })
})

describe('filters', () => {
  it('take_effect_at_once_by_pointer_and_after_a_pause_by_keyboard', () => {
    document.body.innerHTML = '<form data-filters><select data-auto><option>a<option>b</select><select id="plain"><option>a</select></form>'
    submitFilters(document)
    const submit = vi.fn()
    find<HTMLFormElement>('form').requestSubmit = submit
    const change = (selector: string) => find(selector).dispatchEvent(new Event('change', { bubbles: true }))
    change('#plain')
    vi.advanceTimersByTime(1000)
    expect(submit).not.toHaveBeenCalled()
    change('[data-auto]')
    vi.advanceTimersByTime(0)
    expect(submit).toHaveBeenCalledTimes(1)
    key(find('[data-auto]'), 'ArrowDown')
    change('[data-auto]')
    vi.advanceTimersByTime(400)
    change('[data-auto]')
    vi.advanceTimersByTime(400)
    expect(submit).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(400)
    expect(submit).toHaveBeenCalledTimes(2)
  })
})

describe('the place on a page', () => {
  it('is_found_again_for_this_address_only', () => {
    document.body.innerHTML = '<div class="scroll"></div>'
    const page = location.pathname + location.search
    const scrollTo = vi.spyOn(window, 'scrollTo').mockImplementation(() => undefined)
    sessionStorage.setItem('scroll', JSON.stringify([{ page: '/elsewhere', top: 9, parts: [] }]))
    restoreScroll()
    expect(scrollTo).not.toHaveBeenCalled()
    sessionStorage.setItem('scroll', JSON.stringify([{ page, top: 700, parts: [[40, 5]] }]))
    restoreScroll()
    expect(scrollTo).toHaveBeenCalledWith(0, 700)
    expect(find<HTMLElement>('.scroll').scrollLeft).toBe(40)
    sessionStorage.setItem('scroll', 'not json')
    expect(restoreScroll).not.toThrow()
  })
})

describe('long work', () => {
  const page = (state?: string) => {
    const attribute = state === undefined ? '' : ` data-state="${state}"`
    document.body.innerHTML = `<div data-progress data-address="/api/v1/imports/1"${attribute}><progress></progress><p data-progress-line></p></div>`
  }
  const server = (...answers: (object | number)[]) => {
    const asked = vi.fn(async () => {
      const next = answers.length > 1 ? answers.shift() : answers[0]
      if (next === 0) throw new TypeError('no network')
      return typeof next === 'number' ? new Response('', { status: next }) : new Response(JSON.stringify(next))
    })
    vi.stubGlobal('fetch', asked)
    return asked
  }
  const seconds = (n: number) => vi.advanceTimersByTimeAsync(n * 1000)

  it('shows_how_far_it_is_and_loads_the_page_once_at_the_end', async () => {
    page('running')
    const asked = server({ done: 10, total: 40, state: 'running', line: '10 of 40' }, { done: 40, total: 40, state: 'done', line: 'Done' })
    const reload = vi.fn()
    followProgress(document, reload)
    await seconds(1)
    expect([find<HTMLProgressElement>('progress').value, find<HTMLProgressElement>('progress').max]).toEqual([10, 40])
    expect([find('p').textContent, reload.mock.calls.length]).toEqual(['10 of 40', 0])
    await seconds(5)
    expect([reload.mock.calls.length, asked.mock.calls.length]).toEqual([1, 2])
  })

  it('never_loads_a_page_again_that_shows_the_end_already', async () => {
    for (const state of ['done', undefined]) {
      page(state)
      const asked = server({ done: 40, total: 40, state: 'done', line: 'Done' })
      const reload = vi.fn()
      followProgress(document, reload)
      await seconds(10)
      expect([reload.mock.calls.length, asked.mock.calls.length]).toEqual([0, 1])
    }
    expect([hasEnded('running', 'failed'), hasEnded('failed', 'failed'), hasEnded(undefined, 'running')]).toEqual([true, false, false])
  })

  it('asks_less_often_where_nobody_answers_and_no_more_where_it_is_gone', async () => {
    page('running')
    const asked = server(0)
    followProgress(document, vi.fn())
    await seconds(60)
    expect(asked.mock.calls.length).toBeLessThan(8)
    vi.clearAllTimers()
    page('running')
    const gone = server(404)
    followProgress(document, vi.fn())
    await seconds(60)
    expect(gone).toHaveBeenCalledTimes(1)
  })
})

describe('the search box', () => {
  const results = [
    { kind: 'bag', label: 'SB00042', detail: '17 of 30', address: '/bags/SB00042' },
    { kind: 'bill', label: 'SB-1', detail: '<b>x</b>', address: '/bills/SB-1' },
    { kind: 'bag', label: 'evil', detail: '', address: '//elsewhere.example' },
  ]
  let asked: ReturnType<typeof vi.fn>
  let went: string[]
  let sent: number
  let box: HTMLInputElement

  beforeEach(() => {
    document.body.innerHTML = '<form class="find"><input name="q" data-find aria-label="Find"></form>'
    box = find('input')
    went = []
    sent = 0
    find('form').addEventListener('submit', (event) => {
      event.preventDefault()
      sent += 1
    })
    asked = vi.fn(async () => new Response(JSON.stringify({ results })))
    vi.stubGlobal('fetch', asked)
    suggest(box, (address) => went.push(address))
    box.focus()
  })
  const type = async (text: string, waitMs = 150) => {
    box.value = text
    box.dispatchEvent(new Event('input', { bubbles: true }))
    await vi.advanceTimersByTimeAsync(waitMs)
  }
  const options = () => [...document.querySelectorAll('[role=option]')].map((option) => option.textContent)

  it('proposes_after_three_characters_and_a_pause_and_only_addresses_of_this_site', async () => {
    await type('SB', 1000)
    await type('SB0', 100)
    await type('SB00', 149)
    expect(asked).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(asked.mock.calls.map(([address]) => address)).toEqual(['/api/v1/search?q=SB00&limit=8'])
    expect(options()).toEqual(['SB00042 17 of 30', 'SB-1 <b>x</b>'])
    expect([box.getAttribute('role'), box.getAttribute('aria-expanded')]).toEqual(['combobox', 'true'])
  })

  it('is_walked_with_the_arrow_keys_and_taken_with_enter', async () => {
    await type('SB0')
    key(box, 'ArrowDown')
    key(box, 'ArrowDown')
    expect(box.getAttribute('aria-activedescendant')).toBe('find-1')
    key(box, 'ArrowDown')
    expect(box.hasAttribute('aria-activedescendant')).toBe(false)
    key(box, 'ArrowUp')
    expect(key(box, 'Enter').defaultPrevented).toBe(true)
    expect(went).toEqual(['/bills/SB-1'])
  })

  it('sends_the_form_as_always_when_nothing_was_chosen', async () => {
    await type('SB00042')
    expect(key(box, 'Enter').defaultPrevented).toBe(false)
    find<HTMLFormElement>('form').dispatchEvent(new Event('submit', { cancelable: true }))
    expect([sent, went.length, options().length]).toEqual([1, 0, 0])
  })

  it('leaves_a_scanner_alone_that_is_faster_than_any_answer', async () => {
    for (let n = 1; n <= 7; n += 1) await type('SB00042'.slice(0, n), 5)
    expect(key(box, 'Enter').defaultPrevented).toBe(false)
    find<HTMLFormElement>('form').dispatchEvent(new Event('submit', { cancelable: true }))
    await vi.advanceTimersByTimeAsync(1000)
    expect([asked.mock.calls.length, options().length, sent]).toEqual([0, 0, 1])
  })

  it('forgets_an_older_question_when_typing_goes_on_and_everything_on_escape', async () => {
    const answers: ((response: Response) => void)[] = []
    asked.mockImplementation(() => new Promise<Response>((resolve) => answers.push(resolve)))
    await type('SB0')
    await type('SB00')
    const answer = (label: string) => new Response(JSON.stringify({ results: [{ ...results[0], label }] }))
    answers[1]?.(answer('NEW'))
    await vi.advanceTimersByTimeAsync(0)
    answers[0]?.(answer('OLD'))
    await vi.advanceTimersByTimeAsync(0)
    expect(options()).toEqual(['NEW 17 of 30'])
    expect(key(box, 'Escape').defaultPrevented).toBe(true)
    expect([options().length, box.getAttribute('aria-expanded')]).toEqual([0, 'false'])
  })
})

describe('a field for a person', () => {
  it('suggests_names_from_the_first_letter_and_shows_the_list_with_whoever_is_chosen', async () => {
    document.body.innerHTML = '<form data-filters><div class="person"><label>Scanned by <input name="person" data-people></label></div></form>'
    const results = [
      { label: 'Asha Devi', detail: 'asha', value: 'Asha Devi' },
      { label: '<b>x</b>', detail: '', value: 'x1' },
      { label: 'No value' },
    ]
    const asked = vi.fn(async () => new Response(JSON.stringify({ results })))
    vi.stubGlobal('fetch', asked)
    const sent = vi.fn()
    find<HTMLFormElement>('form').requestSubmit = sent
    suggestPeople(find<HTMLInputElement>('input'))
    const box = find<HTMLInputElement>('input')
    box.focus()
    box.value = 'a'
    box.dispatchEvent(new Event('input', { bubbles: true }))
    await vi.advanceTimersByTimeAsync(150)
    expect(asked.mock.calls).toEqual([['/api/v1/names?q=a&limit=8', expect.anything()]])
    const options = () => [...document.querySelectorAll('.person [role=option]')].map((option) => option.textContent)
    expect(options()).toEqual(['Asha Devi asha', '<b>x</b> '])
    expect(find('.person [role=listbox]').getAttribute('aria-label')).toBe('Scanned by')
    key(box, 'ArrowDown')
    expect(box.getAttribute('aria-activedescendant')).toBe('person-0')
    key(box, 'Enter')
    expect([box.value, sent.mock.calls.length, options()]).toEqual(['Asha Devi', 1, []])
  })
})
