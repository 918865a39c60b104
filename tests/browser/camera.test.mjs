// The camera of the phone page: one more scanner, with the same queue and rules, loaded only when it is asked for.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { floorShows, openFloor, openWindow, openSite, parentCode, startBrowser, until } from './support.mjs'

const { site, arjun } = await openSite('arjun')
const filming = await startBrowser('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream')
after(() => filming.close())
const loaded = (page) => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /camera-|wasm/.test(name)))

test('what the camera sees is scanned once for as long as it stays in view, and kept without a network', async () => {
  const { page, context, faults, close } = await openWindow(filming, { person: arjun, permissions: ['camera'], viewport: { width: 375, height: 667 } })
  await context.addInitScript(() => {
    globalThis.inView = []
    globalThis.BarcodeDetector = class {
      static getSupportedFormats = async () => ['qr_code', 'code_128', 'code_39', 'ean_13', 'data_matrix']
      detect = async () => globalThis.inView.map((rawValue) => ({ rawValue }))
    }
  })
  const show = (...codes) => page.evaluate((codes) => (globalThis.inView = codes), codes)
  await openFloor(page, site.address, '/scan')
  assert.deepEqual(await loaded(page), [], 'nothing of it is loaded before somebody asks for it')
  await page.click('#key-camera')
  await floorShows(page, { camera: 'on' }, 20_000)
  const parent = parentCode(401)
  await show(parent)
  await floorShows(page, { parent, waiting: 0 })
  await show(']C1camera01')
  await floorShows(page, { count: 1, banner: 'none', waiting: 0 })
  await page.waitForTimeout(800) // It stays in view, and is no repeat.
  await floorShows(page, { count: 1, banner: 'none' })
  assert.deepEqual(await arjun.childrenOf(parent), ['CAMERA01'])
  await context.setOffline(true)
  await show('CAMERA02', 'CAMERA03')
  await floorShows(page, { count: 3, waiting: 2 })
  await context.setOffline(false)
  await until('both were sent', async () => (await arjun.childrenOf(parent)).length === 3)
  assert.equal(await page.isVisible('#count'), true)
  assert.equal(await page.isVisible('#scan-box'), true)
  await page.click('#key-camera')
  await floorShows(page, { camera: 'off' })
  assert.deepEqual(faults.filter((fault) => !/ERR_/.test(fault)), [])
  await close()
})

test('a browser that reads no codes by itself gets the reader of this host, and one without a camera is told', async () => {
  const { page, faults, close } = await openWindow(filming, { person: arjun, permissions: ['camera'] })
  await openFloor(page, site.address, '/scan')
  await page.click('#key-camera')
  await floorShows(page, { camera: 'on' }, 20_000)
  assert.ok((await loaded(page)).some((name) => name.startsWith(site.address) && name.includes('wasm')))
  await page.click('#key-camera')
  await page.evaluate(() => (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))))
  await page.click('#key-camera')
  await floorShows(page, { camera: 'fault' })
  assert.match(await page.innerText('#finder'), /no camera.*type the code/s)
  assert.deepEqual(faults, [])
  await close()
})
