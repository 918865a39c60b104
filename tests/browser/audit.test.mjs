// The audit trail as an admin reads it, and a proof that somebody else checks with the public key alone.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openSite } from './support.mjs'

const run = promisify(execFile)
const CHECK = fileURLToPath(new URL('../proof/check.mjs', import.meta.url))
const PHONE = { width: 375, height: 740 }

const { site, at, meera, visit } = await openSite('meera')

test('an admin finds who did what, sees it before and after, and everything about the same thing', async () => {
  const { page, close } = await visit(meera, '/admin/users?q=ravi')
  await page.click('#users a')
  await page.click('#deactivate')
  await page.goto(at('/admin/audit?kind=account&entity=ravi'))
  assert.match(await page.innerText('#audit'), /Account changed[\s\S]*Account created/)
  await page.goto(at('/admin/audit?view=rights'))
  assert.match(await page.innerText('#audit'), /Account created/)
  await page.goto(at('/admin/audit?from=2026-99-01'))
  assert.match(await page.innerText('main'), /Not a valid date/)
  await page.goto(at('/admin/audit'))
  await page.click('#audit tbody a')
  assert.match(await page.innerText('h1'), /Entry \d+/)
  await close()
})

test('failed sign-ins stand in the incidents, and reading the trail as a file is in the trail', async () => {
  const theirs = await visit(null, '/login')
  for (let n = 0; n < 5; n += 1) {
    await theirs.page.goto(at('/login'))
    await theirs.page.fill('input[name=username]', 'sunita')
    await theirs.page.fill('input[name=password]', 'wrong')
    await theirs.page.press('input[name=password]', 'Enter')
    await theirs.page.waitForLoadState()
  }
  await theirs.close()
  const { page, close } = await visit(meera, '/admin/audit/incidents')
  assert.match(await page.innerText('main'), /sunita/)
  await page.setViewportSize(PHONE)
  const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  for (const path of ['/admin/audit/incidents', '/admin/audit', '/admin/audit/proof', '/admin/audit/1']) {
    await page.goto(at(path))
    assert.equal(await sideways(), 0, path)
  }
  await page.goto(at('/admin/audit'))
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#audit-file')])
  const file = await readFile(await download.path(), 'utf8')
  assert.match(file, /number,time,realm,account,person,action/)
  await page.goto(at('/admin/audit?action=export'))
  assert.match(await page.innerText('#audit'), /Exported/)
  await close()
})

test('the proof of an entry is good for a program of somebody else, and not with a wrong byte', async () => {
  const { page, close } = await visit(meera, '/admin/audit/proof')
  await page.waitForFunction(
    async () => {
      if (document.querySelector('#public-key') && document.querySelector('pre')) return true
      location.reload()
      return false
    },
    null,
    { polling: 1000 },
  )
  const key = await page.innerText('#public-key')
  await page.goto(at('/admin/audit/1'))
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#proof')])
  const folder = await mkdtemp(join(tmpdir(), 'proof-'))
  const file = join(folder, 'entry.tlog-proof')
  await download.saveAs(file)
  const good = await run(process.execPath, [CHECK, file, key])
  assert.match(good.stdout, /^good: entry 1,/)
  const text = await readFile(file, 'utf8')
  for (const place of [text.indexOf('extra ') + 40, text.indexOf('\n\n') - 10, text.length - 30]) {
    const wrong = text[place] === 'A' ? 'B' : 'A'
    await writeFile(file, text.slice(0, place) + wrong + text.slice(place + 1))
    await assert.rejects(run(process.execPath, [CHECK, file, key]), `a wrong character at ${place}`)
  }
  await rm(folder, { recursive: true })
  await close()
  void site
})
