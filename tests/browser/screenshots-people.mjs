// Pictures of the pages about people for people to look at: desktop and phone, light and dark, English and Hindi. They land
// in out/.
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openWindow, startBrowser, startSite } from './support.mjs'

const OUT = fileURLToPath(new URL('out/', import.meta.url))
const DESKTOP = { viewport: { width: 1280, height: 800 } }
const PHONE = { viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true }
const LOOKS = [
  { mark: 'desktop-light-en', locale: 'en', colorScheme: 'light', ...DESKTOP },
  { mark: 'phone-dark-en', locale: 'en', colorScheme: 'dark', ...PHONE },
  { mark: 'phone-light-hi', locale: 'hi', colorScheme: 'light', ...PHONE },
  { mark: 'desktop-dark-hi', locale: 'hi', colorScheme: 'dark', ...DESKTOP },
]
const PAGES = {
  users: '/admin/users',
  'user-new': '/admin/users/new',
  sessions: '/admin/sessions',
  'sessions-customers': '/admin/sessions?realm=customer',
  'second-factors': '/admin/second-factors',
  devices: '/admin/devices',
  promotions: '/admin/promotions',
  mails: '/admin/mail',
  settings: '/admin/settings',
  audit: '/admin/audit',
  'audit-entry': '/admin/audit/1',
  'audit-incidents': '/admin/audit/incidents',
  'audit-proof': '/admin/audit/proof',
  profile: '/profile',
  'own-sessions': '/profile/sessions',
  tokens: '/profile/tokens',
  'second-factor': '/profile/second-factor',
  notifications: '/notifications',
  'bag-with-children': '/bags/SB00150',
}

await mkdir(OUT, { recursive: true })
const site = await startSite()
const browser = await startBrowser()
const meera = await site.person('meera')
for (const { mark, locale, ...look } of LOOKS) {
  const { context, page, close } = await openWindow(browser, { person: meera, ...look })
  const picture = (name) => page.screenshot({ path: `${OUT}people-${name}-${mark}.png`, fullPage: true, animations: 'disabled' })
  await page.goto(`${site.address}/profile`)
  const csrf = await page.inputValue('form [name=csrf] >> nth=0')
  await page.request.post(`${site.address}/locale`, { form: { csrf, locale, next: '/' }, maxRedirects: 0 })
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(site.address + path)
    await picture(name)
  }
  await page.goto(`${site.address}/admin/users`)
  await page.click('#users tbody a >> nth=2')
  await picture('user')
  await page.goto(`${page.url()}/delete`)
  await picture('user-delete')
  await page.goto(`${site.address}/admin/devices`)
  await page.fill('#new-device [name=name]', `Dock ${mark}`)
  await page.click('#new-device button')
  await picture('device-code')
  await context.clearCookies()
  await page.goto(`${site.address}/login?language=${locale}`)
  await picture('login')
  await page.goto(`${site.address}/register`)
  await picture('register')
  await close()
}
await browser.close()
await site.stop()
