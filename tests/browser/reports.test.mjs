// Reports as those read them who decide by them: on the screen, on paper, as files.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { childCodes, openSite, parentCode } from './support.mjs'

const { at, visit, arjun, farida, meera } = await openSite('arjun', 'farida', 'meera')

const PARENT = parentCode(1101)
await arjun.scan([PARENT], ...childCodes('REP', 5).map((code) => [code, PARENT]))
await farida.makeBill('REP-1', 1, [PARENT])
await farida.send('POST', '/api/v1/bills/REP-1/complete')
await farida.makeBill('REP-2', 3)

const ALL = ['/reports/bills', '/reports/day', '/reports/scans', '/reports/areas', '/reports/people', '/reports/people/arjun', '/bills/REP-1/report']

/** Presses a button that gives a file, and gives its name and first bytes. */
async function download(page, selector) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}

const IS = {
  PDF: (bytes) => bytes.subarray(0, 5).toString() === '%PDF-' && bytes.includes('%%EOF'),
  Excel: (bytes) => bytes.subarray(0, 2).toString() === 'PK' && bytes.includes('xl/worksheets/sheet1.xml'),
  CSV: (bytes) => bytes.length > 20 && bytes.toString().includes(','),
}

/** A chart that is shown has a scale of few round numbers, its largest value and a sentence; one without values a sentence. */
async function checkChart(page, path) {
  const boxes = await page.$$eval('.chart-box', (all) => all.map((box) => {
    const shown = (selector) => [...box.querySelectorAll(selector)].filter((node) => node.checkVisibility())
    const texts = shown('svg text').map((node) => ({ ...node.getBoundingClientRect().toJSON(), kind: node.getAttribute('class'),
      size: getComputedStyle(node).fontSize, words: node.textContent }))
    return { isEmpty: box.classList.contains('none'), texts, said: shown('p, figcaption').map((node) => node.textContent).join(' ') }
  }))
  for (const { isEmpty, texts, said } of boxes) {
    assert.ok(said.length > 10, `${path}: ${said}`)
    if (isEmpty) {
      assert.equal(texts.length, 0, `${path}: an empty chart is drawn`)
      continue
    }
    const numbers = texts.filter(({ kind }) => kind === 'bar-number').map(({ words }) => Number(words.replaceAll(',', '')))
    assert.ok(numbers.length >= 2 && numbers.length <= 5 && numbers[0] === 0, `${path}: ${numbers}`)
    assert.ok(texts.some(({ kind }) => kind.startsWith('bar-value')), `${path}: no value can be read`)
    assert.ok(texts.every(({ size }) => size === '12px'), `${path}: ${texts.map(({ size }) => size)}`)
    const labels = texts.filter(({ kind }) => kind.startsWith('bar-label')).sort((a, b) => a.left - b.left)
    labels.slice(1).forEach((label, at) => {
      assert.ok(label.left >= labels[at].right, `${path}: ${labels[at].words} runs into ${label.words}`)
    })
    const target = texts.find(({ kind }) => kind === 'bar-target-name')
    for (const value of texts.filter(({ kind }) => target && kind.startsWith('bar-value'))) {
      assert.ok(value.top >= target.bottom - 4 || value.right <= target.left, `${path}: ${value.words} runs into ${target.words}`)
    }
    const width = await page.evaluate(() => document.documentElement.clientWidth)
    assert.ok(texts.every(({ left, right }) => left >= 0 && right <= width), `${path}: a label leaves the page`)
  }
}

test('the labels of a chart have one size on a phone and on a desk, and none runs into another', async () => {
  for (const width of [375, 768, 1280]) {
    const { page, close } = await visit(meera, '/')
    await page.setViewportSize({ width, height: 900 })
    for (const path of ['/', '/?days=90', ...ALL]) {
      await page.goto(at(path))
      await checkChart(page, `${path} at ${width}`)
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(sideways <= 0, `${path} at ${width}: ${sideways} px sideways`)
    }
    await close()
  }
})

test('the list of reports leads to each of them, and each has its figures and its picture with a table beside it', async () => {
  const { page, faults, close } = await visit(meera, '/reports')
  assert.equal(await page.locator('main .tiles a').count(), 5)
  for (const path of ALL) {
    await page.goto(at(path))
    assert.ok((await page.innerText('h1')).length > 3, path)
    const pictures = await page.locator('main svg.chart[role=img]').count()
    const tables = await page.locator('main .chart-box + details table').count()
    assert.equal(pictures, tables, `${path}: a picture without a table`)
    const rows = await page.$$eval('svg.chart rect', (bars) => bars.length)
    if (pictures > 0) assert.equal(await page.locator('.chart-box + details tbody tr').count(), rows, path)
    await checkChart(page, path)
    assert.doesNotMatch(await page.innerText('main'), /NaN|undefined|report-[a-z]|\{ ?\$/, path)
  }
  assert.deepEqual(faults, [])
  await close()
})

test('each report is had as PDF, workbook and CSV by its buttons, with the days that are shown', async () => {
  const { page, faults, close } = await visit(meera, '/reports/bills')
  for (const path of ALL) {
    await page.goto(at(path))
    for (const [words, isRight] of Object.entries(IS)) {
      // One CSV for each table.
      const links = page.locator(`main .acts a[download]:has-text("${words}")`)
      assert.ok((await links.count()) >= (words === 'CSV' ? await page.locator('[id^=table-]').count() : 1), `${path} ${words}`)
      for (const href of await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))) {
        const { name, bytes } = await download(page, `main .acts a[download][href="${href}"]`)
        assert.ok(isRight(bytes), `${path} as ${words}: ${name}, ${bytes.length} bytes, ${bytes.subarray(0, 60)}`)
        assert.match(name, { PDF: /\.pdf$/, Excel: /\.xlsx$/, CSV: /\.csv$/ }[words])
      }
    }
  }
  // The same from the page of a bill.
  await page.goto(at('/bills/REP-1'))
  for (const [words, isRight] of Object.entries(IS)) {
    const { bytes } = await download(page, `main a[download]:has-text("${words}")`)
    assert.ok(isRight(bytes), `the bill as ${words}`)
    if (words === 'CSV') assert.ok(bytes.toString().includes(PARENT))
  }
  assert.deepEqual(faults, [])
  await close()
})

test('other days are chosen and stay in the address; a day that cannot be is told in words', async () => {
  const { page, close } = await visit(farida, '/reports/bills')
  assert.match(await page.innerText('main'), /REP-1/)
  await page.fill('form.filters input[name=from]', '2024-01-01')
  await page.fill('form.filters input[name=to]', '2024-01-02')
  await page.click('form.filters button')
  assert.match(page.url(), /from=2024-01-01&to=2024-01-02/)
  assert.match(await page.innerText('main'), /No data for these filters.*Choose other days/is)
  await page.reload()
  assert.equal(await page.inputValue('form.filters input[name=from]'), '2024-01-01')
  // Two years are too many: said beside the field, and what was chosen is there to be changed.
  await page.fill('form.filters input[name=to]', '2026-01-01')
  const [answer] = await Promise.all([page.waitForResponse(/reports.bills/), page.click('form.filters button')])
  assert.equal(answer.status(), 422)
  assert.match(await page.innerText('#fault-to[role=alert]'), /at most 366 days/)
  assert.equal(await page.getAttribute('form.filters input[name=to]', 'aria-describedby'), 'fault-to')
  assert.equal(await page.inputValue('form.filters input[name=from]'), '2024-01-01')
  assert.equal(await page.inputValue('form.filters input[name=to]'), '2026-01-01')
  await page.fill('form.filters input[name=to]', '2024-12-31')
  await page.click('form.filters button')
  assert.equal(await page.locator('.fault').count(), 0)
  assert.match(await page.innerText('main'), /No data for these filters/i)
  await close()
})

test('on paper a report has its figures and tables, and nothing that can only be pressed', async () => {
  const { page, faults, close } = await visit(meera, '/reports/day')
  await page.emulateMedia({ media: 'print' })
  for (const hidden of ['header.bar', 'nav.side', 'nav.foot', '#send', '#schedule', 'form.filters']) {
    const shown = await page.locator(hidden).evaluateAll((nodes) => nodes.some((node) => node.checkVisibility()))
    assert.equal(shown, false, `${hidden} is on paper`)
  }
  assert.equal(await page.isVisible('h1'), true)
  assert.equal(await page.isVisible('main [id^=table-] table >> nth=0'), true)
  const colours = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color])
  assert.match(colours[0], /255, 255, 255|0, 0, 0, 0/)
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  const dark = await page.evaluate(() => getComputedStyle(document.querySelector('h1')).color)
  assert.equal(dark, colours[1], 'a dark screen still prints black on white')
  await page.goto(at('/bills/REP-1?children=1'))
  assert.equal(await page.locator('#manual-entry, #history').evaluateAll((nodes) => nodes.some((node) => node.checkVisibility())), false)
  assert.match(await page.innerText('#parents'), /REP01.*/s)
  assert.deepEqual(faults, [])
  await close()
})

test('who may read what: a dispatcher of the own area, a biller the own bills, an admin all', async () => {
  const { page, close } = await visit(arjun, '/reports')
  assert.doesNotMatch(await page.innerText('main'), /Bill summary|End of day/)
  for (const path of ['/reports/bills', '/reports/day', '/reports/people', '/reports/people/farida']) {
    assert.equal((await page.goto(at(path))).status(), 403, path)
  }
  for (const path of ['/reports/scans', '/reports/areas', '/reports/me']) assert.equal((await page.goto(at(path))).status(), 200, path)
  assert.match(await page.innerText('main'), /Accepted scans today/)
  await close()
  const biller = await visit(farida, '/reports')
  assert.equal((await biller.page.goto(at('/reports/day'))).status(), 403)
  assert.equal((await biller.page.goto(at('/reports/bills'))).status(), 200)
  await biller.close()
})

test('the end of the day is scheduled, and without a mail server it says so', async () => {
  const { page, faults, close } = await visit(meera, '/reports/day')
  await page.fill('#schedule input[name=time]', '18:30')
  await page.click('#schedule button')
  assert.equal(await page.locator('#said[role=status]').count(), 1)
  assert.equal(await page.inputValue('#schedule input[name=time]'), '18:30')
  assert.equal(await page.locator('#send button').isDisabled(), true)
  assert.ok((await page.innerText('#send')).length > 40)
  assert.deepEqual(faults, [])
  await close()
})
