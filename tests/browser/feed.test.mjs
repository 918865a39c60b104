// The live feed of many open pages: one connection for a browser and a person, so that the next page and the next scan are
// answered at once.
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, test } from 'node:test'
import { openSite, openWindow, parentCode, until } from './support.mjs'

const PAGES = 7
const NEXT_PAGE_MS_MAX = 2_000
/** Chromium keeps the connection of a page that was closed for up to five seconds, in case the rest of an answer comes. */
const HAND_OVER_MS_MAX = 5_000 + 4_000

const { site, browser, arjun, meera } = await openSite('arjun', 'meera')

/** Stands before the site, speaks HTTP/1.1, and knows which feeds are open. */
async function watchingDoor() {
  const feeds = new Set()
  const server = http.createServer((request, response) => {
    const { hostname, port } = new URL(site.address)
    const onward = http.request({ hostname, port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    if (request.url.startsWith('/api/v1/live')) {
      feeds.add(onward)
      onward.on('close', () => feeds.delete(onward))
    }
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    feeds: () => feeds.size,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const door = await watchingDoor()
after(() => door.close())

const isLive = async (page) => (await page.innerText('#live')) === 'Live'

/** A scan as a page sends it. */
const scanFrom = (page, code) =>
  page.evaluate(async (code) => {
    const { csrf } = await (await fetch('/api/v1/me')).json()
    const id = `0190f0f0-0000-7000-8000-${crypto.randomUUID().slice(-12)}`
    const body = JSON.stringify({ station: 'feed', scans: [{ id, at: new Date().toISOString(), action: 'parent', code }] })
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf }
    return (await fetch('/api/v1/scans', { method: 'POST', headers, body })).status
  }, code)

test('a seventh page and a scan beside six are answered at once, over one feed, which the next page takes over', async (t) => {
  const { context, page: first, faults, close } = await openWindow(browser, { person: arjun })
  const pages = [first, ...(await Promise.all(Array.from({ length: PAGES - 1 }, () => context.newPage())))]
  for (const [at, page] of pages.entries()) {
    const beganMs = Date.now()
    await page.goto(`${door.address}/`)
    const tookMs = Date.now() - beganMs
    if (at === PAGES - 1) t.diagnostic(`the seventh page took ${tookMs} ms`)
    assert.ok(tookMs < NEXT_PAGE_MS_MAX, `page ${at + 1} took ${tookMs} ms`)
  }
  for (const page of pages) await until('every page is live', () => isLive(page))
  assert.equal(door.feeds(), 1)

  const beganMs = Date.now()
  assert.equal(await scanFrom(pages.at(-1), parentCode(741)), 200)
  assert.ok(Date.now() - beganMs < NEXT_PAGE_MS_MAX, `the scan took ${Date.now() - beganMs} ms`)
  for (const page of pages) {
    await until('every page shows the scan', async () => (await page.innerText('#latest')).includes(parentCode(741)))
  }

  // Closed one after another, so that whichever leads is among them.
  while (pages.length > 1) {
    await pages.shift().close()
    await until('one feed is there again', () => door.feeds() === 1, HAND_OVER_MS_MAX)
  }
  assert.equal(await scanFrom(pages[0], parentCode(742)), 200)
  await until('the last page shows the next scan', async () => (await pages[0].innerText('#latest')).includes(parentCode(742)), HAND_OVER_MS_MAX)
  assert.deepEqual(faults, [])
  await close()
  await until('nothing is left open', () => door.feeds() === 0, HAND_OVER_MS_MAX)
})

test('a page that leads and is left for another gives the feed away', async () => {
  const { context, page: first, close } = await openWindow(browser, { person: arjun })
  await first.goto(`${door.address}/`)
  await until('it is live', () => isLive(first))
  const second = await context.newPage()
  await second.goto(`${door.address}/`)
  await until('it is live, too', () => isLive(second))
  await first.goto(`${door.address}/bags`)
  await until('the second has the feed', () => door.feeds() === 1, HAND_OVER_MS_MAX)
  await first.goBack()
  await until('the first is live again', () => isLive(first))
  assert.equal(door.feeds(), 1)
  await close()
})

test('the page of one person never shows figures of the next one who signs in, and sign-out ends the feed', async () => {
  const session = await site.anotherSession('arjun')
  const { context, page: old, close } = await openWindow(browser, { person: session })
  await old.goto(`${door.address}/`)
  await until('it is live', () => isLive(old))
  await session.signOut()
  await until('the feed ends at once', () => door.feeds() === 0, 3_000)
  await context.addCookies(meera.cookies)
  const next = await context.newPage()
  await next.goto(`${door.address}/`)
  await until('the next person has a feed', () => isLive(next))
  const before = await old.innerText('#latest')
  assert.equal(await scanFrom(next, parentCode(743)), 200)
  await until('their page shows the scan', async () => (await next.innerText('#latest')).includes(parentCode(743)))
  assert.equal(await old.innerText('#latest'), before)
  assert.match(await old.innerText('#live'), /connection lost/i)
  await close()
})
