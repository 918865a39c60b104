// Files that are brought in: tried first, then written, and taken back.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { beyondRefusals, openSite, parentCode } from './support.mjs'

const { at, visit, arjun, farida, meera } = await openSite('arjun', 'farida', 'meera')

const csv = (name, ...lines) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\r\n')}\r\n`) })

/** From the list to the page of the new import, as its user goes. */
async function upload(page, kind, file) {
  await page.goto(at('/imports'))
  await page.click('#new-import, section.empty a')
  await page.check(`#import-form [name=kind][value=${kind}]`)
  await page.setInputFiles('#import-form [name=file]', file)
  await page.click('#import-form button')
}

const stateIs = (page, words) => page.waitForFunction((words) => document.getElementById('state')?.textContent === words, words, { timeout: 30_000 })

/** Tries the columns that were found, and waits for what would happen. */
async function tryIt(page) {
  await page.click('#columns-form button')
  await page.waitForSelector('#checked', { timeout: 30_000 })
}

async function download(page, selector) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
  return (await readFile(await file.path())).toString()
}

const PARENTS = [1401, 1402].map(parentCode)

test('a good file goes through every step, and nothing is written before its start', async () => {
  const { page, faults, close } = await visit(meera, '/')
  const rows = [`${PARENTS[0]},parent,`, `${PARENTS[1]},parent,`, `IMPA01,child,${PARENTS[0]}`, `IMPA02,child,${PARENTS[0]}`]
  await upload(page, 'bags', csv('bags.csv', 'qr_id,type,parent_qr_id', ...rows))
  await page.waitForURL(/\/imports\/[^/?]+/)
  assert.equal(await page.innerText('h1'), 'bags.csv')
  assert.match(await page.innerText('#preview'), /IMPA02/)
  await tryIt(page)
  assert.match(await page.innerText('#checked'), /No row will be refused/)
  assert.equal(await meera.bag(PARENTS[0]), null, 'the trial wrote something')
  await page.check('#start-form [value=all_or_nothing]')
  await page.click('#start-form button')
  await stateIs(page, 'Done')
  assert.deepEqual(await meera.childrenOf(PARENTS[0]), ['IMPA01', 'IMPA02'])
  assert.ok(await meera.bag(PARENTS[1]))
  await page.goto(at('/imports'))
  assert.match(await page.innerText('#imports'), /bags\.csv.*Done.*meera/s)
  assert.deepEqual(faults, [])
  await close()
})

test('of a file with bad rows each reason is told before the start, the others are taken, and the bad ones are a file', async () => {
  const { page, faults, close } = await visit(meera, '/')
  const rows = [`IMPB01;${PARENTS[0]}`, `IMPB02;SB99998`, `IMPA01;${PARENTS[1]}`, `<b>;${PARENTS[0]}`]
  await upload(page, 'children', csv('children.csv', 'child;parent', ...rows))
  await page.waitForURL(/\/imports\/[^/?]+/)
  await tryIt(page)
  const checked = await page.innerText('#checked')
  for (const word of ['IMPB02', 'SB99998', 'IMPA01', '<b>']) assert.ok(checked.includes(word), `${word} is not told: ${checked}`)
  assert.equal(await page.isDisabled('#start-form [value=all_or_nothing]'), true)
  assert.match(await download(page, '#check-result'), /IMPB02/)
  await page.click('#start-form button')
  await stateIs(page, 'Done')
  assert.deepEqual(await meera.childrenOf(PARENTS[0]), ['IMPA01', 'IMPA02', 'IMPB01'])
  assert.equal((await meera.bag('IMPA01')).parent, PARENTS[0])
  assert.match(await download(page, '#run-result'), /IMPB02/)
  assert.deepEqual(faults, [])
  await close()
})

test('an import is taken back by who types the name of its file; what was touched since stays and is told', async () => {
  const [one, two] = [1405, 1406].map(parentCode)
  const { page, faults, close } = await visit(meera, '/')
  await upload(page, 'bags', csv('back.csv', 'qr_id,type,parent_qr_id', `${one},parent,`, `${two},parent,`, `IMPC01,child,${one}`))
  await page.waitForURL(/\/imports\/[^/?]+/)
  await tryIt(page)
  await page.click('#start-form button')
  await stateIs(page, 'Done')
  await farida.scan(['IMPC02', two])
  const button = page.locator('#rollback-form button')
  assert.equal(await button.isDisabled(), true)
  await page.fill('#rollback-form [name=confirm]', 'back.csv')
  await button.click()
  await stateIs(page, 'Undone')
  assert.equal(await meera.bag(one), null)
  assert.equal(await meera.bag('IMPC01'), null)
  assert.deepEqual(await meera.childrenOf(two), ['IMPC02'], 'what was scanned since stays')
  assert.ok((await page.innerText('#taken-back')).includes(two))
  assert.deepEqual(faults, [])
  await close()
})

test('what is no table is refused at the field, in words', async () => {
  const { page, faults, close } = await visit(meera, '/')
  for (const [file, words] of [
    [{ name: 'old.xls', mimeType: 'application/octet-stream', buffer: Buffer.from('d0cf11e0a1b11ae1', 'hex') }, /\.csv or \.xlsx|\.xls/],
    [csv('empty.csv'), /empty/],
    [csv('head.csv', 'qr_id,type'), /no rows/],
    [{ name: 'picture.xlsx', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') }, /picture|no table/],
  ]) {
    await upload(page, 'bags', file)
    await page.waitForSelector('#file-fault')
    assert.match(await page.innerText('#file-fault'), words, file.name)
    assert.equal(await page.getAttribute('[name=file]', 'aria-invalid'), 'true')
    assert.equal(await page.isChecked('[name=kind][value=bags]'), true)
  }
  assert.deepEqual(beyondRefusals(faults, 400, 413, 415, 422), [])
  await close()
})

test('columns with other names are chosen by hand', async () => {
  const { page, faults, close } = await visit(meera, '/')
  await upload(page, 'bags', csv('named.csv', 'Etikett,Art', `${parentCode(1409)},parent`))
  await page.waitForURL(/\/imports\/[^/?]+/)
  await page.selectOption('#columns-form [name=column-qr_id]', { label: 'Etikett' })
  await page.selectOption('#columns-form [name=column-type]', { label: 'Art' })
  await tryIt(page)
  assert.match(await page.innerText('#checked'), /No row will be refused/)
  await page.click('#cancel-form button')
  await stateIs(page, 'Cancelled')
  assert.equal(await meera.bag(parentCode(1409)), null)
  assert.deepEqual(faults, [])
  await close()
})

test('of a workbook with several sheets the page says which one is read, and another one is chosen', async () => {
  const { context, page, faults, close } = await visit(meera, '/')
  // A report has a sheet for each of its tables.
  const workbook = await (await context.request.get(at('/reports/scans?format=xlsx'))).body()
  await upload(page, 'bags', { name: 'book.xlsx', mimeType: 'application/octet-stream', buffer: workbook })
  await page.waitForURL(/\/imports\/[^/?]+/)
  const chosen = () => page.$eval('#sheet-form select', (select) => select.selectedOptions[0].textContent)
  const sheets = await page.$$eval('#sheet-form option', (options) => options.map((option) => option.textContent))
  assert.ok(sheets.length > 1, `${sheets}`)
  const other = sheets.findLast((sheet) => sheet !== sheets[0])
  for (const sheet of [await chosen(), other]) {
    await page.selectOption('#sheet-form select', { label: sheet })
    await page.click('#sheet-form button')
    assert.equal(await chosen(), sheet)
    assert.match(await page.innerText('#sheet-note'), new RegExp(`${sheets.length} sheets.*Only “${sheet}” is imported`))
  }
  await page.click('#cancel-form button')
  await stateIs(page, 'Cancelled')
  assert.deepEqual(faults, [])
  await close()
})

test('nobody but who may import sees or opens an import', async () => {
  for (const person of [arjun, farida]) {
    const { page, close } = await visit(person, '/')
    assert.equal(await page.locator('a[href="/imports"]').count(), 0)
    for (const path of ['/imports', '/imports/new']) assert.equal((await page.goto(at(path))).status(), 403)
    await close()
  }
})

const workbook = (name) => new URL(`../../crates/tallyhouse/tests/web/odd/${name}`, import.meta.url)

test('hidden sheets are named, and hidden rows are left out unless they are wanted', async () => {
  const { page, faults, close } = await visit(meera, '/')
  const buffer = await readFile(workbook('hidden.xlsx'))
  await upload(page, 'bills', { name: 'hidden.xlsx', mimeType: 'application/octet-stream', buffer })
  await page.waitForURL(/\/imports\/[^/?]+/)
  const sheets = await page.$$eval('#sheet-form option', (options) => options.map(({ textContent, selected }) => [textContent.trim(), selected]))
  assert.deepEqual(sheets, [['old (hidden)', false], ['now', true]])
  assert.equal(await page.isChecked('#columns-form [name=hidden_rows]'), false)
  await tryIt(page)
  assert.match(await page.innerText('#hidden-rows'), /1 hidden row/)
  assert.match(await page.innerText('#hidden-sheets'), /old/)
  await page.check('#columns-form [name=hidden_rows]')
  await page.click('#columns-form button')
  await page.waitForFunction(() => document.getElementById('checked') && !document.getElementById('hidden-rows'), null, { timeout: 30_000 })
  assert.equal(await page.isChecked('#columns-form [name=hidden_rows]'), true, 'what was chosen stays chosen')
  // A hidden sheet may be read all the same, where somebody chooses it.
  await page.selectOption('#sheet-form select', { label: 'old (hidden)' })
  await page.click('#sheet-form button')
  assert.equal(await page.inputValue('#columns-form [name=sheet]'), '0')
  await page.click('#cancel-form button')
  await stateIs(page, 'Cancelled')
  assert.deepEqual(faults, [])
  await close()
})

test('the row with the column names is found below titles, can be chosen, and cells beside the columns are told', async () => {
  const { page, faults, close } = await visit(meera, '/')
  const lines = ['Bill', 'Despatch register of May', '', 'Bill No.,Description (optional),Truck No', 'HDR-1,rice,MP 09 AB 1234', 'HDR-2,dal,,late']
  await upload(page, 'bills', csv('register.csv', ...lines))
  await page.waitForURL(/\/imports\/[^/?]+/)
  const row = '#sheet-form [name=header]'
  assert.equal(await page.inputValue(row), '4')
  assert.match(await page.innerText('#above'), /Row 1: Bill.*Row 2: Despatch register of May/s)
  const chosen = (name) => page.$eval(`#columns-form [name=column-${name}]`, (select) => select.selectedOptions[0].textContent.trim())
  assert.deepEqual([await chosen('bill_id'), await chosen('description'), await chosen('vehicle_number')], ['Bill No.', 'Description (optional)', 'Truck No'])
  await page.fill(row, '5')
  await page.click('#sheet-form button')
  assert.match(await page.innerText('#preview thead'), /HDR-1/)
  await page.fill(row, '4')
  await page.click('#sheet-form button')
  await tryIt(page)
  assert.match(await page.innerText('#checked'), /No row will be refused/)
  assert.match(await page.innerText('#beyond'), /D6/)
  await page.click('#cancel-form button')
  await stateIs(page, 'Cancelled')
  assert.deepEqual(faults, [])
  await close()
})
