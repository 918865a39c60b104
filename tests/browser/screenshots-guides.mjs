// The pictures of the guides that are not taken with a station: people, an import after its check, customers, the gate. They land in
// docs/guides/pictures.
import { fileURLToPath } from 'node:url'
import { childCodes, floorShows, openWindow, parentCode, startBrowser, startSite } from './support.mjs'

const OUT = fileURLToPath(new URL('../../docs/guides/pictures/', import.meta.url))
const DESK = { viewport: { width: 1100, height: 640 }, colorScheme: 'light', locale: 'en-GB' }
const PHONE = { viewport: { width: 375, height: 667 }, isMobile: true, hasTouch: true, colorScheme: 'light', locale: 'en-GB' }

const site = await startSite()
const browser = await startBrowser()
const admin = await site.person(site.people.find((person) => person.role === 'admin').name)
const steward = await site.person(site.people.find((person) => person.role === 'steward').name)
const taken = (page, name) => page.screenshot({ path: `${OUT}${name}.png`, animations: 'disabled' })

const desk = await openWindow(browser, { person: admin, ...DESK })
for (const [name, path] of Object.entries({ users: '/admin/users', customers: '/admin/customers' })) {
  await desk.page.goto(site.address + path)
  await taken(desk.page, name)
}
const parent = parentCode(611)
const rows = ['qr_id,type,parent_qr_id', `${parent},parent,`, ...childCodes('GUIDE', 8).map((code) => `${code},child,${parent}`), 'LOST1,child,SB99998', 'SB12,parent,']
await desk.page.goto(`${site.address}/imports/new`)
await desk.page.check('#import-form [name=kind][value=bags]')
await desk.page.setInputFiles('#import-form [name=file]', { name: 'delivery.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) })
await desk.page.click('#import-form button')
await desk.page.waitForSelector('#preview')
await desk.page.click('#columns-form button')
await desk.page.waitForSelector('#checked', { timeout: 30_000 })
await taken(desk.page, 'import')
await desk.close()

const phone = await openWindow(browser, { person: steward, reducedMotion: 'reduce', ...PHONE })
const { passes } = await admin.get('/api/v1/gate/events/1/passes')
const { id } = passes.find(({ admitted, cancelled }) => admitted === 0 && !cancelled)
const html = await (await fetch(`${site.address}/passes/${id}`, { headers: { cookie: `tallyhouse=${admin.token}` } })).text()
const code = html.match(/data-code="([^"]+)"/)[1]
await phone.page.goto(`${site.address}/events/1/gate`)
await floorShows(phone.page, { ready: true, online: true }, 20_000)
await phone.page.evaluate((text) => {
  const box = document.querySelector('#code')
  box.value = text
  box.form.requestSubmit()
}, code)
await floorShows(phone.page, { outcome: 'admitted' })
await phone.page.evaluate(() => scrollTo(0, 0))
await taken(phone.page, 'gate')
await phone.close()
await browser.close()
await site.stop()
