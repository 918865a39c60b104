// Looking after people, and what people do themselves, each as its user does it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSite } from './support.mjs'

const { site, at, meera, visit } = await openSite('meera')

const NEW = 'dhaniya pudina adrak lehsun'

async function signIn(page, name, password) {
  await page.fill('input[name=username]', name)
  await page.fill('input[name=password]', password)
  await page.press('input[name=password]', 'Enter')
  await page.waitForLoadState()
}

test('a person is created, signs in with the password that is shown once, and chooses their own while its strength is told', async () => {
  const { page, close } = await visit(meera, '/admin/users')
  await page.click('#create-user')
  await page.fill('input[name=username]', 'nasreen')
  await page.fill('input[name=display_name]', 'Nasreen Begum')
  await page.check('input[name=role_biller]')
  await page.click('#user-form .button.main')
  const password = await page.innerText('#password')
  assert.match(password, /^\S{4}-\S{4}-\S{4}-\S{4}$/)
  await page.goto(at('/admin/users?q=nasreen'))
  assert.match(await page.innerText('#users'), /Nasreen Begum\s*nasreen[\s\S]*Must choose a password/)
  await close()

  const theirs = await visit(null, '/bags')
  await signIn(theirs.page, 'nasreen', password)
  assert.equal(new URL(theirs.page.url()).pathname, '/profile/password')
  await theirs.page.fill('input[name=new_password]', 'nasreen1')
  await theirs.page.waitForFunction(() => /easy to guess/i.test(document.querySelector('[data-strength-words]').textContent))
  await theirs.page.fill('input[name=new_password]', NEW)
  await theirs.page.waitForFunction(() => document.querySelector('meter').value === 4)
  await theirs.page.fill('input[name=again]', NEW)
  await theirs.page.click('#password-form .button.main')
  assert.equal(new URL(theirs.page.url()).pathname, '/profile')
  assert.match(await theirs.page.innerText('header.bar'), /Nasreen Begum/)
  await theirs.close()
})

test('somebody who is deactivated is out, and the toast takes it back', async () => {
  const theirs = await visit(await site.anotherSession('ravi'), '/bags')
  const { page, close } = await visit(meera, '/admin/users?q=ravi')
  await page.click('#users a')
  await page.click('#deactivate')
  assert.match(await page.innerText('.toast'), /deactivated and signed out/)
  await theirs.page.goto(at('/bags'))
  assert.equal(new URL(theirs.page.url()).pathname, '/login')
  await page.click('.toast form button')
  assert.match(await page.innerText('.toast'), /can sign in/)
  await theirs.close()
  await close()
})

test('a request to become an admin rings the bell of admins, and its decision that of the person', async () => {
  const theirs = await visit(await site.anotherSession('sunita'), '/promotion')
  await theirs.page.fill('textarea[name=reason]', 'I look after the office on Sundays')
  await theirs.page.click('#promotion-form .button.main')
  const { page, close } = await visit(meera, '/notifications')
  await page.waitForSelector('#notices b:not([hidden])')
  await page.goto(at('/admin/promotions'))
  await page.fill('[data-request] textarea[name=notes]', 'Not on Sundays')
  await page.click('[data-request] button[value=reject]')
  assert.match(await page.innerText('.toast'), /rejected/)
  await theirs.page.goto(at('/notifications'))
  assert.match(await theirs.page.innerText('main'), /1 unread notice[\s\S]*Not on Sundays/)
  await theirs.page.click('#read-all')
  assert.match(await theirs.page.innerText('#unread'), /No unread/)
  await theirs.close()
  await close()
})

test('a form whose account was changed meanwhile shows both, and removal waits for the name', async () => {
  const { page, close } = await visit(meera, '/admin/users?q=gurpreet')
  await page.click('#users a')
  const person = page.url()
  await page.click('#edit-user')
  const other = await visit(meera, new URL(person).pathname + '/edit')
  await other.page.fill('input[name=display_name]', 'Gurpreet S')
  await other.page.click('#user-form .button.main')
  await other.close()
  await page.fill('input[name=display_name]', 'Gurpreet Singh')
  await page.click('#user-form .button.main')
  assert.match(await page.innerText('#meanwhile'), /Gurpreet S/)
  assert.equal(await page.inputValue('input[name=display_name]'), 'Gurpreet Singh')
  await page.click('#user-form .button.main')
  assert.equal(await page.innerText('h1'), 'Gurpreet Singh')
  await page.click('#delete-user')
  assert.equal(await page.isDisabled('#delete-user button'), true)
  await page.fill('input[name=confirm]', 'gurpreet')
  await page.click('#delete-user button')
  assert.match(await page.innerText('.toast'), /removed/)
  await close()
})
