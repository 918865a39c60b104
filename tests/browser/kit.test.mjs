// The parts of the kit: what docs/kit.md shows is what the page of the kit has, in both colours and languages.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openSite } from './support.mjs'

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url))
const IS_TAKING = process.env.TALLYHOUSE_PICTURES === '1'
// Letters are drawn a little differently by each system: pictures are compared by their size and by large dots.
const SIZE_OFF_MAX = 0.12
const DOT_PX = 24
const DOT_OFF_MAX = 26

const { at, visit, meera } = await openSite('meera')

/** How far two pictures are apart: the share of the height, and the mean difference of their dots, 0 to 255. */
const apart = (page, pictures) =>
  page.evaluate(
    async ([pictures, dot]) => {
      const drawn = []
      for (const picture of pictures) {
        const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0))
        const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
        const [width, height] = [image.width, image.height]
        const canvas = new OffscreenCanvas(Math.ceil(width / dot), Math.ceil(height / dot))
        const brush = canvas.getContext('2d')
        brush.drawImage(image, 0, 0, canvas.width, canvas.height)
        drawn.push({ width, height, canvas, brush })
      }
      const [one, two] = drawn
      const width = Math.min(one.canvas.width, two.canvas.width)
      const height = Math.min(one.canvas.height, two.canvas.height)
      const [a, b] = drawn.map(({ brush }) => brush.getImageData(0, 0, width, height).data)
      let sum = 0
      for (let n = 0; n < a.length; n += 1) sum += Math.abs(a[n] - b[n])
      return { size: Math.abs(one.height - two.height) / Math.max(one.height, 40), dots: sum / a.length }
    },
    [pictures, DOT_PX],
  )

test('every part is in the document with the picture that it has now', async () => {
  const { page, faults, close } = await visit(meera, '/kit', { viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
  const text = readFileSync(`${DOCS}kit.md`, 'utf8')
  const told = [...text.matchAll(/^## (\S+)$/gm)].map(([, name]) => name)
  const parts = await page.$$eval('.kit-part', (nodes) => nodes.map((node) => node.id))
  assert.deepEqual(told, parts, 'docs/kit.md and the page name the same parts in the same order')
  if (IS_TAKING) mkdirSync(`${DOCS}kit`, { recursive: true })
  for (const name of parts) {
    const path = `${DOCS}kit/${name}.png`
    // A toast is at the foot of the window and not in its section.
    if (name === 'kit-said') continue
    await page.evaluate(() => document.querySelector('.toast')?.remove())
    const picture = await page.locator(`#${name}`).screenshot({ animations: 'disabled' })
    if (IS_TAKING) writeFileSync(path, picture)
    assert.ok(existsSync(path) && text.includes(`kit/${name}.png`), `${name} has a picture`)
    const off = await apart(page, [picture, readFileSync(path)].map((bytes) => bytes.toString('base64')))
    assert.ok(off.size <= SIZE_OFF_MAX && off.dots <= DOT_OFF_MAX, `${name} looks different: ${JSON.stringify(off)}`)
  }
  assert.deepEqual(faults, [])
  await close()
})

for (const language of ['en', 'hi']) {
  for (const colorScheme of ['light', 'dark']) {
    test(`the parts are whole in ${language}, ${colorScheme}: no text is missing, nothing is wider than a phone`, async () => {
      const { context, page, faults, close } = await visit(meera, '/kit', { viewport: { width: 375, height: 720 }, colorScheme })
      await context.request.post(at('/locale'), { form: { csrf: meera.csrf, locale: language, next: '/' } })
      await page.reload()
      assert.equal(await page.getAttribute('html', 'lang'), language)
      const words = await page.innerText('main')
      assert.doesNotMatch(words, /\b(kit|view|picked|columns)-[a-z-]+/, 'a key instead of a text')
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true)
      assert.deepEqual(faults, [])
      await context.request.post(at('/locale'), { form: { csrf: meera.csrf, locale: 'en', next: '/' } })
      await close()
    })
  }
}
