// A session that ends while a form is open loses nothing of what was typed, and nothing is saved without saying so. The forms
// are found by going through the pages of the site, and held against the forms in the templates.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { pagesFrom, shapeOf } from './crawl.mjs'
import { beyondRefusals, childCodes, openSite, openWindow, parentCode } from './support.mjs'

const { site, browser, meera, farida, at, visit } = await openSite('meera', 'farida')

const PARENT = parentCode(751)
const OTHER = parentCode(752)
await meera.scan([PARENT], ...childCodes('TYPED', 3).map((code) => [code, PARENT]), [OTHER])
await farida.makeBill('TYPED-OPEN', 3, [OTHER])

/** Two sessions of one person: what one page proves, the other session does not take. */
const [before, later] = await Promise.all([site.anotherSession('meera'), site.anotherSession('meera')])

// The forms of the site.

const TYPED = /<(?:textarea|select|input(?![^>]*type="(?:hidden|submit|button|reset)"))[\s>]|\{\{-? input\(/
const POSTED = /<form\b([^>]*\bmethod="post"[^>]*)>([\s\S]*?)<\/form>/g
// Pages of nobody in particular: there is no session that could end.
// The door is `/login` or `/portal/login`, a link for a new password is of either. Customers' pages have no place for what was not saved: a choice of two, and a password.
const OUTSIDE = ['/login', '{{ door.', '{{ pages.', '/portal', '/register', '/lock']
// An admin asks for no promotion, and nobody has asked one here: the script that keeps what is typed is that of all pages.
// Codes and passwords alone, and a secret that is another one each time: nothing of them may be kept. The last three are those
// of passkeys.
const SECRETS = ['/profile/second-factor', '{{ page.address }}/add', '{{ address }}/rename', '{{ address }}/remove']
// A gate sends without leaving its page, and keeps what waits until it is answered.
// A logo is a file, which no browser fills in again; a demo sends no mail, its event is not over, and its first key is its last.
const NOT_HERE = ['/promotion', '/admin/promotions/', '/events/{{ event.id }}/gate', '/events/{{ event.id }}/logo',
  '/events/{{ event.id }}/erase', '/passes/{{ pass.id }}/mail', '/pass-keys/{{ key.id }}/revoke']

/** Forms in a text that hold something typed: the attributes, by name. */
function formsIn(text) {
  const forms = [...text.matchAll(POSTED)].filter(([, , body]) => TYPED.test(body))
  return forms.map(([, attributes]) => Object.fromEntries([...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value])))
}

/** What is typed into on the pages of nobody in particular is not kept: a password is in it. */
function formsInTemplates() {
  const crates = new URL('../../crates/', import.meta.url)
  const files = readdirSync(crates, { recursive: true }).map(String).filter((name) => /\/web\/templates\/.*\.html$/.test(name))
  const escaped = (text) => text.replace(/[.*+?^$()[\]\\|]/g, '\\$&')
  return files.flatMap((file) => {
    return formsIn(readFileSync(new URL(file, crates), 'utf8'))
      .filter(({ action }) => ![...OUTSIDE, ...SECRETS, ...NOT_HERE].some((begin) => action.startsWith(begin)))
      .map(({ action }) => {
        const choices = action.replace(/\s*\{%-? if.*?%\}/g, '<<').replace(/\{% else.*?%\}/g, '<>').replace(/\{% endif %\}/g, '>>')
        const shape = escaped(choices).replace(/\{\{.*?\}\}/g, '[^/]+').replaceAll('<<', '(?:').replaceAll('<>', '|').replaceAll('>>', ')')
        return { file, action, shape: new RegExp(`^${shape}$`) }
      })
  })
}

/** Each form of the pages that can be reached from these, with the first page that has it. */
async function formsOnPages(seeds) {
  const forms = new Map()
  for (const { path, html } of await pagesFrom(site.address, before, seeds)) {
    for (const form of formsIn(html)) {
      const name = `${shapeOf(form.action)} ${form.id ?? ''}`
      if (!forms.has(name)) forms.set(name, { ...form, page: path })
    }
  }
  return [...forms.values()]
}

/** Imports at the points where they ask something. */
async function makeImports() {
  const { page, close } = await visit(before, '/imports/new')
  const pages = []
  const upload = async (name, line) => {
    await page.goto(at('/imports/new'))
    await page.check('#import-form [name=kind][value=bags]')
    await page.setInputFiles('#import-form [name=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(`qr_id,type,parent_qr_id\r\n${line}\r\n`) })
    await page.click('#import-form button')
    await page.waitForURL(/\/imports\/[^/?]+$/)
    pages.push(new URL(page.url()).pathname)
  }
  await upload('columns.csv', `${parentCode(753)},parent,`)
  for (const [name, isStarted] of [['tried.csv', false], ['done.csv', true]]) {
    await upload(name, `${parentCode(isStarted ? 754 : 755)},parent,`)
    await page.click('#columns-form button')
    await page.waitForSelector('#checked', { timeout: 30_000 })
    if (!isStarted) continue
    await page.click('#start-form button')
    await page.waitForSelector('form[action$="/rollback"]', { state: 'attached', timeout: 30_000 })
  }
  await close()
  return pages
}

/** A pass that two devices let in without a network: its page, and the inbox with the conflict. */
async function makeConflict() {
  const { passes } = await before.get('/api/v1/gate/events/1/passes')
  const { id: pass } = passes.find(({ admitted }) => admitted === 0)
  const at = new Date().toISOString()
  for (const device of ['D1', 'D2']) {
    const scan = { id: randomUUID(), at, action: 'admit', pass, offline: { at, snapshot_at: at } }
    const { status } = await before.send('POST', '/api/v1/gate/scans', { event: 1, device, scans: [scan] })
    assert.equal(status, 200)
  }
  return [`/passes/${pass}`, '/gate/conflicts']
}

const found = await formsOnPages([
  ...(await makeConflict()),
  '/events/1/passes',
  '/events/new',
  '/',
  `/bags/${PARENT}`,
  `/bags/${PARENT}/children`,
  `/bags/${PARENT}/delete`,
  `/bags/${PARENT}/bill?bill=TYPED-NEW`,
  '/bills/new',
  '/bills/TYPED-OPEN',
  '/bills/TYPED-OPEN/edit',
  '/reports/day',
  '/exports',
  ...(await makeImports()),
])
const forms = found.filter(({ action }) => !/\/(gate|logo)$/.test(action) && !SECRETS.some((begin) => action.startsWith(begin)))

test('every form in which something is typed is on one of the pages', () => {
  const missing = formsInTemplates().filter(({ shape }) => !forms.some(({ action }) => shape.test(action)))
  assert.deepEqual(missing.map(({ file, action }) => `${file}: ${action}`), [])
  assert.ok(forms.length > 6, `${forms.length} forms`)
})

// What the person does.

/** Fills in a form as nobody left it, and gives what it holds. */
const fill = (page, form) =>
  page.evaluate(({ action, id }) => {
    const form = [...document.forms].find((form) => form.getAttribute('action') === action && (form.getAttribute('id') ?? undefined) === id)
    const fresh = { number: '2', time: '07:45', date: '2026-11-02', text: form.dataset.confirm ?? 'typed 1', textarea: 'typed\nlines' }
    for (const field of form.elements) {
      if (field.type === 'checkbox') field.checked = true
      else if (field.type === 'radio' && !field.disabled) field.checked = true
      else if (field.tagName === 'SELECT') field.selectedIndex = field.options.length - 1
      else if (fresh[field.type] !== undefined) field.value = fresh[field.type]
      field.dispatchEvent(new Event('input', { bubbles: true }))
    }
  }, form)

const content = (page, form) =>
  page.evaluate(({ action, id }) => {
    const form = [...document.forms].find((form) => form.getAttribute('action') === action && (form.getAttribute('id') ?? undefined) === id)
    return [...new FormData(form)].filter(([name, value]) => name !== 'csrf' && typeof value === 'string')
  }, form)

async function send(page, form) {
  const there = page.waitForNavigation()
  await page.evaluate(({ action, id }) => {
    const form = [...document.forms].find((form) => form.getAttribute('action') === action && (form.getAttribute('id') ?? undefined) === id)
    const button = [...form.querySelectorAll('button')].find(({ type, disabled }) => type === 'submit' && !disabled)
    // What the server would refuse is not the question here.
    form.noValidate = true
    form.requestSubmit(button)
  }, form)
  await there
}

const asksForSecretsAlone = (page, form) =>
  page.evaluate(({ action, id }) => {
    const form = [...document.forms].find((form) => form.getAttribute('action') === action && (form.getAttribute('id') ?? undefined) === id)
    return [...form.elements].every(({ type }) => ['hidden', 'password', 'submit'].includes(type))
  }, form)

const isTold = (page) => page.isVisible('#unsaved')

for (const form of forms) {
  test(`the form ${form.action} of ${form.page} keeps what was typed when the session has ended, and when another began`, async () => {
    const { context, page, faults, close } = await visit(before, form.page)
    await fill(page, form)
    const typed = await content(page, form)
    await context.clearCookies()
    await send(page, form)
    const { pathname, searchParams } = new URL(page.url())
    assert.deepEqual([pathname, searchParams.get('next')], ['/login', `${form.page}#unsaved`])
    // As after signing in.
    await context.addCookies(before.cookies)
    await page.goto(at(searchParams.get('next')))
    assert.deepEqual(await content(page, form), typed)
    assert.equal(await isTold(page), true)

    await context.clearCookies()
    await context.addCookies(later.cookies)
    await send(page, form)
    assert.equal(page.url(), at(`${form.page}#unsaved`))
    assert.deepEqual(await content(page, form), typed)
    assert.equal(await isTold(page), true)
    assert.equal(await page.inputValue('form[action="/locale"] [name=csrf]'), later.csrf, 'the proof is the new one')

    // Of a form that asks for passwords alone nothing is kept, so there is nothing to discard.
    assert.equal(await page.isVisible('#unsaved [data-discard]'), !(await asksForSecretsAlone(page, form)))
    if (await page.isVisible('#unsaved [data-discard]')) {
      await page.click('#unsaved [data-discard]')
      await page.waitForURL(at(form.page))
      assert.equal(await isTold(page), false)
    }
    assert.deepEqual(faults, [])
    await close()
  })
}

test('a bill is corrected although the session ended meanwhile: sign in, look, send', async () => {
  const session = await site.anotherSession('farida')
  const { page, faults, close } = await visit(session, '/bills/TYPED-OPEN/edit')
  await page.fill('[name=description]', 'Two trucks')
  await page.fill('[name=destination]', 'Indore')
  await page.fill('[name=vehicle_number]', 'MP 09 AB 1234')
  await page.fill('[name=capacity]', '7')
  await session.signOut()
  await page.click('#bill-form button')
  await page.fill('input[name=username]', 'farida')
  await page.fill('input[name=password]', site.password)
  await page.press('input[name=password]', 'Enter')
  await page.waitForURL('**/edit#unsaved')
  assert.match(await page.innerText('#unsaved'), /Nothing was saved yet/)
  assert.equal(await page.inputValue('[name=description]'), 'Two trucks')
  assert.equal(await page.inputValue('[name=destination]'), 'Indore')
  assert.equal(await page.inputValue('[name=vehicle_number]'), 'MP 09 AB 1234')
  assert.notEqual((await farida.bill('TYPED-OPEN')).capacity, 7)
  await page.click('#bill-form button')
  await page.waitForURL('**/bills/TYPED-OPEN?said=*')
  const { capacity, destination, vehicle_number: vehicle } = await farida.bill('TYPED-OPEN')
  assert.deepEqual([capacity, destination, vehicle], [7, 'Indore', 'MP 09 AB 1234'])
  await page.goto(at('/bills/TYPED-OPEN/edit'))
  assert.equal(await isTold(page), false, 'what was saved is not offered again')
  assert.deepEqual(beyondRefusals(faults), [])
  await close()
})

test('a large file that was sent after the end of the session is asked for again', async () => {
  const { context, page, faults, close } = await visit(before, '/imports/new')
  await page.check('#import-form [name=kind][value=bills]')
  await page.setInputFiles('#import-form [name=file]', { name: 'large.csv', mimeType: 'text/csv', buffer: Buffer.alloc(12_000_000, 'A1,2\n') })
  for (const cookies of [[], later.cookies]) {
    await context.clearCookies()
    await context.addCookies(cookies)
    await page.click('#import-form button')
    await page.waitForURL(/unsaved$/)
    if (cookies.length > 0) break
    await context.addCookies(before.cookies)
    await page.goto(at('/imports/new#unsaved'))
    assert.equal(await page.isChecked('#import-form [name=kind][value=bills]'), true)
    assert.match(await page.innerText('#unsaved'), /Nothing was saved yet.*Choose the file again/s)
    await page.setInputFiles('#import-form [name=file]', { name: 'large.csv', mimeType: 'text/csv', buffer: Buffer.alloc(12_000_000, 'A1,2\n') })
  }
  assert.match(await page.innerText('#unsaved'), /Choose the file again/)
  assert.deepEqual(faults, [])
  await close()
})

test('a page of another site changes nothing and reads nothing, whoever is signed in', async () => {
  const { context, page, close } = await openWindow(browser, { person: before })
  // Another host name is another site; the browser leaves its cookies out, so that they are put in by hand.
  const { port } = new URL(site.address)
  await context.addCookies([{ name: 'tallyhouse', value: before.token, domain: '127.0.0.1', path: '/' }])
  await page.route('http://evil.example/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="http://127.0.0.1:${port}/bills/TYPED-OPEN/edit"><input name="capacity" value="9"><input name="csrf" value=""></form>`,
    }),
  )
  await page.goto('http://evil.example/')
  const there = page.waitForNavigation()
  await page.evaluate(() => document.forms[0].submit())
  const answer = await there
  assert.ok([403, 200].includes(answer.status()), `${answer.status()}`)
  assert.doesNotMatch(page.url(), /unsaved/)
  assert.notEqual((await farida.bill('TYPED-OPEN')).capacity, 9)
  await close()
})
