// How heavy the pages are, and how quick the stations. The weight is held to; times are printed, for they depend on the machine.
import assert from 'node:assert/strict'
import { createServer, connect } from 'node:net'
import { test } from 'node:test'
import { pagesFrom } from './crawl.mjs'
import { Wedge, floorShows, openFloor, openSite, openWindow, parentCode, until } from './support.mjs'

const WIRE_BYTES_MAX = 60_000
/** Script and style of an office page, as they are sent: half of what a station may send. */
const OFFICE_BYTES_MAX = 30_000

const { site, browser, farida: person } = await openSite('farida')

/** Stands between browser and site and counts every byte that comes from the site. */
async function countingWire() {
  const { hostname, port } = new URL(site.address)
  const sockets = new Set()
  let bytes = 0
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => (sockets.delete(socket), near.destroy(), far.destroy()))
    }
    far.on('data', (chunk) => (bytes += chunk.length))
    near.pipe(far).pipe(near)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    bytes: () => bytes,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

for (const path of ['/station', '/scan', '/bills/station']) {
  test(`a cold load of ${path} is under 60 kB over the wire, the worker that keeps it included`, async (t) => {
    const wire = await countingWire()
    t.after(() => wire.close())
    const { page, context, close } = await openWindow(browser, { person })
    const cdp = await context.newCDPSession(page)
    await cdp.send('Network.enable')
    let pageBytes = 0
    cdp.on('Network.loadingFinished', ({ encodedDataLength }) => (pageBytes += encodedDataLength))
    await openFloor(page, wire.address, path)
    const ready = wire.bytes()
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await until('the worker has all it keeps', async () => {
      const before = wire.bytes()
      await new Promise((resolve) => setTimeout(resolve, 300))
      return wire.bytes() === before
    })
    t.diagnostic(`${path}: ${pageBytes} bytes for the page, ${ready} on the wire when ready, ${wire.bytes()} with the worker`)
    assert.ok(pageBytes > 5_000, `${pageBytes} bytes cannot be a page`)
    assert.ok(pageBytes < WIRE_BYTES_MAX, `${pageBytes} bytes`)
    assert.ok(wire.bytes() < WIRE_BYTES_MAX, `${wire.bytes()} bytes on the wire`)
    await close()
  })
}

test('no office page sends more than 30 kB of script and style', async (t) => {
  const admin = await site.person('meera')
  const parent = parentCode(211)
  await admin.scan([parent], ['WEIGHT01', parent])
  const seeds = ['/', `/bags/${parent}`, `/bags/${parent}/children`, '/bags/WEIGHT01/relink', '/bills/new', '/imports/new', '/exports', '/api/docs']
  const pages = await pagesFrom(site.address, admin, seeds)
  const shapes = new Map([...pages].reverse().map(({ shape, path }) => [shape, path]))
  // What a worker has kept is not sent.
  const { page, close } = await openWindow(browser, { person: admin, serviceWorkers: 'block' })
  const weights = []
  for (const path of shapes.values()) {
    await page.goto(site.address + path)
    const [bytes, onTheWire] = await page.evaluate(() => {
      const parts = performance.getEntriesByType('resource').filter(({ name }) => /\.(js|css)$/.test(new URL(name).pathname))
      return ['decodedBodySize', 'encodedBodySize'].map((size) => parts.reduce((sum, part) => sum + part[size], 0))
    })
    weights.push({ path, bytes, onTheWire })
  }
  weights.sort((one, other) => other.onTheWire - one.onTheWire)
  t.diagnostic(`${weights.length} pages; the heaviest is ${JSON.stringify(weights[0])}`)
  assert.ok(weights.length > 20, `${weights.length} pages`)
  assert.ok(weights.every(({ bytes }) => bytes > 5_000), 'a page without script and style was not looked at')
  assert.deepEqual(weights.filter(({ onTheWire }) => onTheWire > OFFICE_BYTES_MAX), [])
  await close()
})

test('how soon the station is ready on a slow phone and a slow network', async (t) => {
  const { page, context, close } = await openWindow(browser, { person, serviceWorkers: 'block' })
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  // The "slow 4G" of Lighthouse.
  const bytesPerSecond = (1.6 * 1024 * 1024) / 8
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond / 2,
  })
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const beganMs = performance.now()
  await page.goto(`${site.address}/station`, { waitUntil: 'commit' })
  await page.waitForSelector('#scan-box')
  const boxMs = performance.now() - beganMs
  await floorShows(page, { ready: true }, 15_000)
  const readyMs = performance.now() - beganMs
  t.diagnostic(`slow phone: keys are caught after ${Math.round(boxMs)} ms, ready after ${Math.round(readyMs)} ms (wish: 1000)`)
  await close()
})

test('how soon a scan is shown and answered after its Enter', async (t) => {
  const { page, context, close } = await openWindow(browser, { person })
  // Before the page's own listeners, so that the time of the Enter is known when they have done their work.
  await page.addInitScript(() => {
    addEventListener('keydown', ({ key, timeStamp }) => key === 'Enter' && (globalThis.enterMs = timeStamp), true)
  })
  await openFloor(page, site.address)
  const wedge = await Wedge.plugIn(page)
  await wedge.scan(parentCode(201))
  await floorShows(page, { parent: parentCode(201), waiting: 0 })
  await page.evaluate(() => {
    const floor = document.getElementById('station')
    globalThis.times = { shown: [], answered: [] }
    new MutationObserver((changes) => {
      const tookMs = performance.now() - globalThis.enterMs
      if (changes.some(({ attributeName }) => attributeName === 'data-count')) globalThis.times.shown.push(tookMs)
      if (floor.dataset.waiting === '0') globalThis.times.answered.push(tookMs)
    }).observe(floor, { attributes: true, attributeFilter: ['data-count', 'data-waiting'] })
  })
  const measure = async (mark, online) => {
    await page.evaluate(() => (globalThis.times = { shown: [], answered: [] }))
    for (let n = 1; n <= 8; n += 1) {
      await wedge.scan(`${mark}${n}`)
      await new Promise((resolve) => setTimeout(resolve, 120))
    }
    const times = await page.evaluate(() => globalThis.times)
    const middle = (list) => (list.length ? `${list.sort((a, b) => a - b)[list.length >> 1].toFixed(1)} ms` : 'not yet')
    t.diagnostic(`${online}: shown after ${middle(times.shown)}, answered after ${middle(times.answered)} (medians of 8)`)
    return times
  }
  const times = await measure('QUICK', 'on line')
  assert.equal(times.shown.length, 8)
  assert.ok(times.answered.length > 0)
  await context.setOffline(true)
  await floorShows(page, { online: false })
  assert.equal((await measure('DIMLY', 'off line')).shown.length, 8)
  await close()
})
