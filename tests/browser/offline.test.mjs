// The network comes and goes: what was scanned reaches the parent that was shown, once.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createServer, request } from 'node:http'
import { test } from 'node:test'
import {
  beyondTheCut,
  childCodes,
  facts,
  floorShows,
  lastScans,
  openFloor,
  openSite,
  openWindow,
  parentCode,
  sleep,
  tones,
  until,
} from './support.mjs'

const BACK_ON_LINE_MS = 20_000

const { site, browser, arjun: person, atStation } = await openSite('arjun')

/** The service worker has the page and all that it needs. */
async function isKept(page) {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await until('the page is kept', () => page.evaluate(() => navigator.serviceWorker.controller !== null))
}

/** Puts scans into the queue of the page's device as the program wrote them before they named a channel. */
function storeAsBefore(page, scans) {
  return page.evaluate(async (items) => {
    const opened = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }))
    const db = await opened(indexedDB.open('tallyhouse'))
    const queue = db.transaction('queue', 'readwrite').objectStore('queue')
    for (const item of items) await opened(queue.add(item))
    db.close()
  }, scans)
}

test('a queue that an earlier version stored is sent whole, by whoever opens the station then', async () => {
  const { page, faults, close } = await atStation()
  const { id } = await person.get('/api/v1/me')
  const made = { personId: id, at: new Date().toISOString(), station: 'dock-1' }
  const scanId = () => `0190a000-0000-7000-8000-${randomBytes(6).toString('hex')}`
  await storeAsBefore(page, [
    { ...made, id: scanId(), action: 'parent', code: parentCode(191) },
    { ...made, id: scanId(), action: 'child', code: 'BEFORE01', parent: parentCode(191) },
    { ...made, id: scanId(), action: 'bill_link', code: parentCode(191), bill: 'BT-NONE' },
    { ...made, id: scanId(), action: 'child', code: 'BEFORE02', parent: parentCode(191) },
  ])
  await page.reload()
  await floorShows(page, { ready: true, waiting: 0, attention: 1 })
  assert.deepEqual(await person.childrenOf(parentCode(191)), ['BEFORE01', 'BEFORE02'])
  assert.deepEqual(faults, [])
  await close()
})

test('a cut in the middle of a bag and another parent while off line: each child is in the parent that was shown', async () => {
  const { context, page, wedge, faults, close } = await atStation()
  const [first, second] = [parentCode(101), parentCode(102)]
  await wedge.scan([first, ...childCodes('CUTA', 5)])
  await floorShows(page, { parent: first, count: 5, waiting: 0 })
  await context.setOffline(true)
  await floorShows(page, { online: false })

  const shown = new Map()
  const scans = [...childCodes('CUTA', 9, 6), second, ...childCodes('CUTB', 10)]
  assert.equal(scans.length, 20)
  for (const [index, code] of scans.entries()) {
    await wedge.scan(code)
    await floorShows(page, { waiting: index + 1 })
    shown.set(code, (await facts(page)).parent)
  }
  await floorShows(page, { parent: second, count: 10, waiting: 20, banner: 'none' })
  assert.match(await page.innerText('.strip'), /Offline, scans are saved here.*20 waiting/s)
  assert.equal(await person.bag(second), null)

  await context.setOffline(false)
  await floorShows(page, { online: true, waiting: 0, attention: 0, parent: second, count: 10 }, BACK_ON_LINE_MS)
  const inFirst = await person.childrenOf(first)
  const inSecond = await person.childrenOf(second)
  assert.deepEqual(inFirst, childCodes('CUTA', 14))
  assert.deepEqual(inSecond, childCodes('CUTB', 10))
  for (const [code, parent] of shown) {
    if (code !== second) assert.equal((await person.bag(code)).parent, parent, code)
  }
  const { history } = await person.bag(first)
  const codes = history.map(({ code }) => code)
  assert.equal(new Set(codes).size, codes.length, 'a scan was counted twice')
  assert.deepEqual(beyondTheCut(faults), [])
  await close()
})

test('off line a scan is heard and shown as kept at once', async () => {
  const { context, page, wedge, close } = await atStation()
  const parent = parentCode(103)
  await wedge.scan([parent, 'KEPT01'])
  await floorShows(page, { count: 1, waiting: 0 })
  await context.setOffline(true)
  await floorShows(page, { online: false })
  await tones(page)
  await wedge.scan(['KEPT02'])
  await floorShows(page, { count: 2, waiting: 1 })
  assert.deepEqual(await tones(page), [{ hertz: 800, seconds: 0.15 }])
  assert.deepEqual((await lastScans(page)).slice(0, 2).map(({ state }) => state), ['kept', 'ok'])
  await wedge.scan(['KEPT02'])
  await floorShows(page, { banner: 'repeated', outcome: 'duplicate', waiting: 1 })
  await page.keyboard.press('Alt+z')
  await floorShows(page, { count: 1, banner: 'none' })
  await context.setOffline(false)
  await floorShows(page, { online: true, waiting: 0, count: 1 }, BACK_ON_LINE_MS)
  assert.deepEqual(await person.childrenOf(parent), ['KEPT01'])
  await close()
})

test('thirty-one scans off line fill a bag, which says so and waits for the next parent', async () => {
  const { context, page, wedge, close } = await atStation()
  await context.setOffline(true)
  await floorShows(page, { online: false })
  const [parent, next] = [parentCode(104), parentCode(105)]
  await wedge.scan([parent, ...childCodes('DARK', 30)])
  await floorShows(page, { banner: 'completed', waiting: 31 })
  await floorShows(page, { banner: 'none', parent: '', waiting: 31 })
  await wedge.scan([next, 'DARKER1'])
  await floorShows(page, { parent: next, count: 1, waiting: 33 })
  await context.setOffline(false)
  await floorShows(page, { waiting: 0, attention: 0, parent: next, count: 1 }, BACK_ON_LINE_MS)
  assert.equal((await person.bag(parent)).status, 'completed')
  assert.deepEqual(await person.childrenOf(next), ['DARKER1'])
  await close()
})

test('the page opens without a network, and twice reloaded it still has every scan', async () => {
  const { context, page, wedge, faults, close } = await atStation()
  const parent = parentCode(106)
  await wedge.scan([parent, 'WORKER1'])
  await floorShows(page, { count: 1, waiting: 0 })
  await isKept(page)
  await context.setOffline(true)
  await page.reload()
  await floorShows(page, { ready: true, parent, count: 1, waiting: 0, person: 'arjun' })
  await wedge.scan('WORKER2')
  await floorShows(page, { count: 2, waiting: 1 })
  await page.reload()
  await floorShows(page, { ready: true, parent, count: 2, waiting: 1 })
  await wedge.scan('WORKER3')
  await floorShows(page, { count: 3, waiting: 2 })

  const phone = await context.newPage()
  await openFloor(phone, site.address, '/scan')
  await floorShows(phone, { parent, count: 3, waiting: 2 })
  await phone.close()

  await context.setOffline(false)
  await floorShows(page, { waiting: 0, count: 3 }, BACK_ON_LINE_MS)
  assert.deepEqual(await person.childrenOf(parent), ['WORKER1', 'WORKER2', 'WORKER3'])
  assert.deepEqual(beyondTheCut(faults), [])
  await close()
})

/** A proxy between browser and site that can say something of its own where the station stands. */
async function proxy() {
  const { hostname, port } = new URL(site.address)
  let instead = null
  const server = createServer((asked, answer) => {
    if (instead && asked.url === '/station') {
      answer.writeHead(instead.status, { 'Content-Type': 'text/html' })
      return answer.end('<p>The proxy speaks.</p>')
    }
    const { method, url: path, headers } = asked
    const onward = request({ hostname, port, method, path, headers }, (reply) => {
      answer.writeHead(reply.statusCode, reply.headers)
      reply.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    asked.pipe(onward)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    says: (status) => (instead = { status }),
    close: () => (server.closeAllConnections(), server.close()),
  }
}

test('what a proxy says in place of the station neither hides nor replaces it', async (t) => {
  const between = await proxy()
  t.after(() => between.close())
  const { page, context, close } = await openWindow(browser, { person })
  await openFloor(page, between.address)
  await isKept(page)
  for (const status of [200, 404, 502]) {
    between.says(status)
    await page.reload()
    await floorShows(page, { ready: true, person: 'arjun' })
  }
  await context.setOffline(true)
  await page.reload()
  await floorShows(page, { ready: true, person: 'arjun' })
  await close()
})

test('replies that are lost after the server has decided double nothing, and the answers stay the same', async () => {
  const { context, page, wedge, close } = await atStation({ serviceWorkers: 'block' })
  const parent = parentCode(107)
  const answers = new Map()
  let calls = 0
  let lost = 0
  await context.route('**/api/v1/scans', async (route) => {
    calls += 1
    const response = await route.fetch()
    for (const result of (await response.json()).results) {
      answers.set(result.id, (answers.get(result.id) ?? new Set()).add(JSON.stringify(result)))
    }
    // Three in ten: the first, the fourth, the seventh.
    if (calls % 10 === 1 || calls % 10 === 4 || calls % 10 === 7) {
      lost += 1
      return route.abort()
    }
    return route.fulfill({ response })
  })
  const children = childCodes('LOST', 9)
  for (const code of [parent, ...children]) {
    await wedge.scan(code)
    await sleep(150)
  }
  await floorShows(page, { waiting: 0, parent, count: 9, attention: 0 }, BACK_ON_LINE_MS)
  assert.ok(lost >= 2, `${lost} of ${calls} replies were lost`)
  const { history } = await person.bag(parent)
  assert.equal(history.length, 10, 'ten scans, ten rows')
  assert.deepEqual(await person.childrenOf(parent), children)
  assert.equal(answers.size, 10)
  for (const [id, texts] of answers) assert.equal(texts.size, 1, `scan ${id} was answered in different ways: ${[...texts]}`)
  await close()
})

test('a network that comes and goes while thirty-one codes are typed loses and doubles none', async () => {
  const { context, page, wedge, faults, close } = await atStation()
  const parent = parentCode(108)
  const children = childCodes('FLAP', 30)
  let isTyping = true
  const flap = (async () => {
    for (let off = true; isTyping; off = !off) {
      await context.setOffline(off)
      await sleep(170)
    }
    await context.setOffline(false)
  })()
  await wedge.scan([parent, ...children], { msPerKey: 8 })
  isTyping = false
  await flap
  await floorShows(page, { waiting: 0, attention: 0 }, BACK_ON_LINE_MS)
  assert.deepEqual(await person.childrenOf(parent), children)
  const { history } = await person.bag(parent)
  assert.equal(history.length, 31)
  assert.deepEqual(beyondTheCut(faults), [])
  await close()
})

test('what the server refuses after the network is back waits in the list, and can be moved from there', async () => {
  const { context, page, wedge, close } = await atStation()
  const [from, to] = [parentCode(109), parentCode(110)]
  await person.scan([from], ['LATER1', from])
  await wedge.scan(to)
  await floorShows(page, { parent: to, waiting: 0 })
  await context.setOffline(true)
  await floorShows(page, { online: false })
  await wedge.scan(['LATER1', 'LATER2'])
  await floorShows(page, { count: 2, waiting: 2 })
  await context.setOffline(false)
  await floorShows(page, { waiting: 0, count: 1, attention: 1 }, BACK_ON_LINE_MS)
  assert.equal(await page.getAttribute('html', 'data-last-sound'), 'refused')
  await page.click('#attention')
  assert.match(await page.innerText('#attention-list'), new RegExp(`LATER1.*${from}`, 's'))
  await page.click('#attention-list button:has-text("Move")')
  await floorShows(page, { waiting: 0, count: 2, attention: 0 })
  assert.deepEqual(await person.childrenOf(to), ['LATER1', 'LATER2'])
  await close()
})
