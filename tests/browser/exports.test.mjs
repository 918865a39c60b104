// Everything as files, and all of it.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { childCodes, openSite, parentCode, until } from './support.mjs'

const { at, visit, arjun, farida, meera } = await openSite('arjun', 'farida', 'meera')

async function press(page, selector) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}

const rowsOf = (bytes) => bytes.toString().trim().split(/\r?\n/).length - 1

test('the list of bags as CSV holds every bag that the site counts, with nothing cut', async () => {
  const parent = parentCode(1301)
  await arjun.scan([parent], ...childCodes('EXPO', 5).map((code) => [code, parent]))
  await farida.makeBill('EXPO-1', 1, [parent])
  const { statistics } = await meera.get('/api/stats')
  const { page, faults, close } = await visit(meera, '/exports')
  const { name, bytes } = await press(page, '#export-bags button:has-text("CSV")')
  assert.match(name, /\.csv$/)
  assert.equal(rowsOf(bytes), statistics.total_parent_bags + statistics.total_child_bags)
  assert.match(bytes.toString(), /EXPO05/)
  assert.match(bytes.toString(), /EXPO-1/)
  const bills = await press(page, '#export-bills button:has-text("CSV")')
  assert.equal(rowsOf(bills.bytes), statistics.total_bills)
  for (const what of ['activity', 'statistics']) {
    const file = await press(page, `#export-${what} button:has-text("CSV")`)
    assert.ok(rowsOf(file.bytes) > 0, what)
  }
  assert.deepEqual(faults, [])
  await close()
})

test('each is had as a workbook too, at once or from the files that were made meanwhile', async () => {
  const { page, faults, close } = await visit(meera, '/exports')
  for (const what of ['bags', 'bills', 'activity', 'statistics']) {
    await page.goto(at('/exports'))
    const arrived = page.waitForEvent('download', { timeout: 5_000 }).catch(() => null)
    await page.click(`#export-${what} button:has-text("Excel")`)
    let file = await arrived
    if (!file) {
      await until(`${what} is ready`, async () => (await page.locator('#files article[data-state=ready] a').count()) > 0, 30_000)
      ;[file] = await Promise.all([page.waitForEvent('download'), page.click('#files article a >> nth=0')])
    }
    const bytes = await readFile(await file.path())
    assert.equal(bytes.subarray(0, 2).toString(), 'PK', what)
    assert.ok(bytes.includes('xl/workbook.xml'), what)
  }
  assert.deepEqual(faults, [])
  await close()
})

test('nobody but who may export sees or gets a file', async () => {
  const { page, close } = await visit(arjun, '/')
  assert.equal(await page.locator('a[href="/exports"]').count(), 0)
  for (const path of ['/exports', '/export/bags/csv']) assert.equal((await page.goto(at(path))).status(), 403)
  await close()
})
