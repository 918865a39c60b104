// Pictures of every page for people to look at: desktop and phone, light and dark. They land in out/.
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Wedge, childCodes, floorShows, openFloor, openWindow, parentCode, sleep, startBrowser, startSite } from './support.mjs'

const OUT = fileURLToPath(new URL('out/', import.meta.url))
const SIZES = [
  { size: 'desktop', viewport: { width: 1280, height: 800 } },
  { size: 'phone', viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true },
]

await mkdir(OUT, { recursive: true })
const site = await startSite()
const browser = await startBrowser()
const names = []

async function picture(page, name, fullPage = true) {
  await page.screenshot({ path: `${OUT}${name}.png`, fullPage, animations: 'disabled' })
  names.push(name)
}

async function office(person, mark, options) {
  const { context, page, close } = await openWindow(browser, { person, ...options })
  const child = (await person.childrenOf('SB00001'))[0] ?? 'KB00000001'
  const bill = encodeURIComponent((await person.get('/api/v1/bills?status=open')).bills[0].bill)
  const pages = {
    home: '/',
    bags: '/bags?type=parent',
    'bags-empty': '/bags?q=NOSUCHBAG',
    parent: '/bags/SB00150',
    child: `/bags/${child}`,
    'bag-children': '/bags/SB00150/children',
    'bag-delete': '/bags/SB00150/delete',
    relink: `/bags/${child}/relink?to=SB00150`,
    scans: '/scans',
    lookup: '/lookup?q=SB0xyz',
    bills: '/bills',
    bill: `/bills/${bill}`,
    'bill-children': `/bills/${bill}?children=1`,
    'bill-new': '/bills/new',
    'bill-edit': `/bills/${bill}/edit`,
    recalculate: '/bills/recalculate',
    reports: '/reports',
    'report-bills': '/reports/bills',
    'report-day': '/reports/day',
    'report-scans': '/reports/scans',
    'report-areas': '/reports/areas',
    'report-people': '/reports/people',
    'report-person': '/reports/people/arjun',
    'report-bill': `/bills/${bill}/report`,
    exports: '/exports',
    'import-new': '/imports/new',
    docs: '/api/docs',
    'not-found': '/bags/NOSUCHBAG',
  }
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(site.address + path)
    if (name === 'home') await sleep(700)
    await picture(page, `${name}-${mark}`, name !== 'docs' && name !== 'bags')
  }
  await context.clearCookies()
  await page.goto(`${site.address}/login`)
  await picture(page, `login-${mark}`)
  await page.fill('input[name=username]', 'nobody')
  await page.fill('input[name=password]', 'wrong')
  await page.press('input[name=password]', 'Enter')
  await page.waitForSelector('[role=alert]')
  await picture(page, `login-wrong-${mark}`)
  await close()
}

/** A file with good and bad rows through every step of its way in. */
async function imported(person, mark, n, options) {
  const { page, close } = await openWindow(browser, { person, ...options })
  const [known, full] = ['SB00150', parentCode(600 + n)]
  const children = childCodes(`I${n}K`, 32).map((code, i) => `${code},child,${i === 0 ? `bag ${full} (mustard)` : i < 31 ? full : ''}`)
  const rows = ['qr_id,type,parent_qr_id', `${full},parent,`, ...children, `<b>,child,${known}`, `I${n}LOST,child,SB99998`, 'SB12,parent,']
  await page.goto(`${site.address}/imports/new`)
  await page.check('#import-form [name=kind][value=bags]')
  await page.setInputFiles('#import-form [name=file]', { name: `delivery-${n}.csv`, mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) })
  await page.click('#import-form button')
  await page.waitForSelector('#preview')
  await picture(page, `import-columns-${mark}`)
  await page.click('#columns-form button')
  await page.waitForSelector('#checked', { timeout: 30_000 })
  await picture(page, `import-tried-${mark}`)
  await page.click('#start-form button')
  await page.waitForFunction(() => document.getElementById('state')?.textContent === 'Done', undefined, { timeout: 30_000 })
  await picture(page, `import-done-${mark}`)
  await page.goto(`${site.address}/imports`)
  await picture(page, `imports-${mark}`)
  await close()
}

async function floor(name, path, mark, n, options) {
  const person = await site.anotherSession('arjun')
  const { context, page, close } = await openWindow(browser, { person, reducedMotion: 'reduce', ...options })
  await openFloor(page, site.address, path)
  const wedge = await Wedge.plugIn(page)
  const [parent, other] = [parentCode(400 + n), parentCode(450 + n)]
  const children = childCodes(`S${n}K`, 30)
  await person.scan([other], [`S${n}OTHER`, other])
  await picture(page, `${name}-opened-${mark}`, false)
  await wedge.scan([parent, ...children.slice(0, 17)])
  await floorShows(page, { count: 17, waiting: 0 })
  await picture(page, `${name}-filling-${mark}`, false)
  await wedge.scan([children[3], `S${n}OTHER`])
  await floorShows(page, { banner: 'refused', outcome: 'child_elsewhere', waiting: 0 })
  await picture(page, `${name}-refused-${mark}`, false)
  await page.click('#attention')
  await picture(page, `${name}-attention-${mark}`)
  await page.click('#attention')
  await context.setOffline(true)
  await floorShows(page, { online: false })
  await wedge.scan(children.slice(17, 21))
  await floorShows(page, { count: 21 })
  await page.keyboard.press('Alt+c')
  await picture(page, `${name}-offline-${mark}`, false)
  await context.setOffline(false)
  await floorShows(page, { waiting: 0 }, 20_000)
  await wedge.scan(children.slice(21))
  await floorShows(page, { banner: 'completed' })
  await picture(page, `${name}-full-${mark}`, false)
  await floorShows(page, { parent: '' })
  await person.signOut()
  await wedge.scan(parentCode(400 + n))
  await floorShows(page, { signedOut: true })
  await picture(page, `${name}-signed-out-${mark}`, false)
  await close()
}

async function billStation(mark, n, options) {
  const person = await site.person('farida')
  const number = `PICTURE-${n}`
  const parents = [1, 2, 3].map((k) => parentCode(470 + 10 * n + k))
  await person.scan(...parents.map((code) => [code]), ...childCodes(`P${n}K`, 30).map((code) => [code, parents[0]]))
  await person.makeBill(number, 3)
  const { context, page, close } = await openWindow(browser, { person, reducedMotion: 'reduce', ...options })
  await openFloor(page, site.address, '/bills/station')
  await page.waitForSelector('#open button')
  await picture(page, `bill-station-choose-${mark}`, false)
  const wedge = await Wedge.plugIn(page)
  await wedge.scan([number, ...parents.slice(0, 2)])
  await floorShows(page, { count: 2, waiting: 0 })
  await picture(page, `bill-station-filling-${mark}`, false)
  await wedge.scan(parentCode(999))
  await floorShows(page, { banner: 'refused', waiting: 0 })
  await picture(page, `bill-station-refused-${mark}`, false)
  await context.setOffline(true)
  await floorShows(page, { online: false })
  await wedge.scan(parents[2])
  await floorShows(page, { banner: 'none', waiting: 1 })
  await picture(page, `bill-station-offline-${mark}`, false)
  await context.setOffline(false)
  await floorShows(page, { count: 3, waiting: 0 }, 20_000)
  await page.keyboard.press('Alt+c')
  await floorShows(page, { status: 'completed' })
  await picture(page, `bill-station-completed-${mark}`, false)
  await close()
}

try {
  const meera = await site.person('meera')
  let n = 0
  for (const { size, ...shape } of SIZES) {
    for (const colorScheme of ['light', 'dark']) {
      const mark = `${size}-${colorScheme}`
      const options = { ...shape, colorScheme }
      await office(meera, mark, options)
      await imported(meera, mark, (n += 1), options)
      await floor('station', '/station?station=dock-1', mark, (n += 1), options)
      await floor('scan', '/scan', mark, (n += 1), options)
      await billStation(mark, (n += 1), options)
    }
  }
  const deepak = await site.person('deepak')
  const { page, close } = await openWindow(browser, { person: deepak, viewport: SIZES[0].viewport })
  await page.goto(site.address)
  await page.click('form[action="/locale"] button')
  await page.waitForSelector('html[lang=hi]')
  await sleep(700)
  await picture(page, 'home-hindi-desktop-light')
  await openFloor(page, site.address)
  await sleep(300)
  await picture(page, 'station-hindi-desktop-light', false)
  await openFloor(page, site.address, '/bills/station')
  await picture(page, 'bill-station-hindi-desktop-light', false)
  await close()
  console.log(`${names.length} pictures in ${OUT}`)
} finally {
  await browser.close()
  await site.stop()
}
