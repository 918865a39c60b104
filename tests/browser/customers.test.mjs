// Looking after customers as staff do it, on a desk and on a phone: an account with customers of the ERP found by typing, what
// becomes of its password, and the figures of use.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSite } from './support.mjs'

const { visit, sara } = await openSite('sara')

/** Opens the form, and gives what a person sees of its boxes. */
async function openForm(page, at) {
  await page.goto(at('/admin/customers/new'))
  return page.locator('.choose-list label:visible').count()
}

for (const [what, size] of [['a desk', undefined], ['a phone', { width: 375, height: 740 }]]) {
  test(`a customer is made with a few of the ERP's customers, found by typing, on ${what}`, async () => {
    const { page, close, faults } = await visit(sara, '/admin/customers', size ? { viewport: size } : {})
    const at = (path) => new URL(path, page.url()).href
    const all = await openForm(page, at)
    assert.ok(all >= 12, `${all} customers of the ERP`)
    const names = await page.locator('.choose-list label').allInnerTexts()
    await page.fill('[data-choose-find]', names[2].slice(0, 5))
    assert.ok((await page.locator('.choose-list label:visible').count()) < all, 'fewer are shown')
    await page.locator('.choose-list label:visible input').first().check()
    await page.fill('[data-choose-find]', 'no such customer')
    assert.equal(await page.locator('.choose-list label:visible').count(), 1, 'what is chosen stays')
    assert.match(await page.locator('[data-choose-count]').innerText(), /1/)
    await page.check('[data-choose-all]')
    assert.equal(await page.locator('.choose-list input:checked').count(), 0, 'everything clears the rest')
    assert.equal(await page.locator('.choose-list input:enabled').count(), 0)
    await page.uncheck('[data-choose-all]')
    await page.fill('[data-choose-find]', '')
    await page.locator('.choose-list input').nth(1).check()
    const email = `buyer.${size ? 'phone' : 'desk'}@acme.example`
    await page.fill('[name=display_name]', "Pat O'Brien")
    await page.fill('[name=email]', email)
    await page.click('#save-customer')
    assert.match(await page.locator('#password').innerText(), /\S{10,}/)
    await page.click('#given a.main')
    assert.equal(await page.locator('#state').innerText(), 'Pending user reset')
    assert.ok((await page.locator('#scope').innerText()).includes(names[1]))
    await page.click('#deactivate')
    assert.equal(await page.locator('#state').innerText(), 'Inactive')
    await page.locator('.toast form button').click()
    assert.equal(await page.locator('#state').innerText(), 'Pending user reset', 'the toast takes it back')
    assert.ok((await page.locator('#changes').innerText()).includes('Customer deactivated'))
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(wide <= 0, 'nothing to scroll sideways')
    assert.deepEqual(faults, [])
    await close()
  })
}

test('the panel leads to all its pages, and the figures of use have a table', async () => {
  const { page, close, faults } = await visit(sara, '/admin/panel')
  const ways = await page.locator('.ways a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  assert.deepEqual(ways, ['/admin/customers', '/admin/sessions?realm=customer', '/admin/audit', '/admin/stock', '/admin/analytics'])
  for (const way of ways) {
    const answer = await page.goto(new URL(way, page.url()).href)
    assert.equal(answer.status(), 200, way)
  }
  const drawn = await page.locator('#by-day rect').count()
  await page.locator('#by-day summary').click()
  const rows = await page.locator('#by-day tbody tr').count()
  assert.deepEqual([drawn, rows], [14, 14])
  assert.deepEqual(faults, [])
  await close()
})
