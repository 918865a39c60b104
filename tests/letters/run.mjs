// Whether a PDF draws the scripts of India as a browser does. The destination of a bill is written in each script, its paper is
// drawn by poppler, the same words are drawn by Chromium with the same font, and the two pictures are laid over each other.
// Prints how much of the ink they share; ends with 1 where it is less than it must be.
//
// Needs a program that was built with the fonts (scripts/need fonts), Chromium and poppler-utils (scripts/need chromium poppler).
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startBrowser, startSite } from '../browser/support.mjs'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FONTS = process.env.TALLYHOUSE_FONTS || join(ROOT, '.tools/fonts')
const DEVANAGARI = join(ROOT, 'crates/base/sheet/fonts/NotoSansDevanagari-Regular.ttf')
const DPI = 600
/** The least share of the ink of both pictures that lies in both. Edges are drawn by two different programs. */
const SHARED_MIN = 0.85
/** Joined letters, vowel signs before and around a letter, and marks below it. */
const SCRIPTS = [
  { script: 'Devanagari', words: 'श्री क्षत्रिय ज्ञान बीज', range: /[\u0900-\u097f]/ },
  { script: 'Gujarati', words: 'શ્રી ક્ષત્રિય ગુજરાત કૃષિ', range: /[\u0a80-\u0aff]/ },
  { script: 'Gurmukhi', words: 'ਪੰਜਾਬ ਸ੍ਰੀ ਖੇਤੀ ਕਿਸਾਨ', range: /[\u0a00-\u0a7f]/ },
  { script: 'Bengali', words: 'শ্রী কৃষ্ণ পশ্চিমবঙ্গ গো', range: /[\u0980-\u09ff]/ },
  { script: 'Tamil', words: 'ஸ்ரீ கொழும்பு தமிழ்நாடு', range: /[\u0b80-\u0bff]/ },
  { script: 'Telugu', words: 'శ్రీ కృష్ణా తెలంగాణ', range: /[\u0c00-\u0c7f]/ },
  { script: 'Kannada', words: 'ಶ್ರೀ ಕೃಷ್ಣ ಕರ್ನಾಟಕ', range: /[\u0c80-\u0cff]/ },
  { script: 'Arabic', words: 'اردو بیج کمپنی لاہور', range: /[\u0600-\u06ff\ufb50-\ufeff]/ },
]

const site = await startSite()
const browser = await startBrowser()
const folder = await mkdtemp(join(tmpdir(), 'tallyhouse-letters-'))
const biller = await site.person('farida')
let faults = 0
try {
  const page = await browser.newPage()
  for (const one of SCRIPTS) {
    const shared = await sharedInk(page, one)
    const isWell = shared >= SHARED_MIN
    faults += isWell ? 0 : 1
    console.log(`${one.script.padEnd(12)} ${(shared * 100).toFixed(1)} % of the ink is shared${isWell ? '' : `: less than ${SHARED_MIN * 100} %`}`)
  }
} finally {
  await browser.close()
  await site.stop()
  if (!process.env.TALLYHOUSE_KEEP) await rm(folder, { recursive: true })
}
console.log(`${SCRIPTS.length - faults} passed, ${faults} failed`)
process.exitCode = faults ? 1 : 0

async function sharedInk(page, { script, words, range }) {
  const bill = `LETTERS-${script.toUpperCase()}`
  const made = await biller.send('POST', '/api/v1/bills', { bill, capacity: 1, destination: words })
  if (made.status !== 201) throw new Error(`the bill ${bill} was not made: ${made.status} ${JSON.stringify(made.body)}`)
  const headers = { cookie: `tallyhouse=${biller.token}` }
  const answer = await fetch(`${site.address}/bills/${bill}/report?format=pdf`, { headers })
  if (!answer.ok) throw new Error(`the paper of ${bill}: ${answer.status} ${await answer.text()}`)
  const pdf = join(folder, `${script}.pdf`)
  await writeFile(pdf, Buffer.from(await answer.arrayBuffer()))
  const ofPaper = await drawnByPoppler(pdf, script, range)
  const ofBrowser = await drawnByChromium(page, script, words)
  if (process.env.TALLYHOUSE_KEEP) {
    await writeFile(join(folder, `${script}-paper.png`), ofPaper)
    await writeFile(join(folder, `${script}-browser.png`), ofBrowser)
    console.log(folder)
  }
  return page.evaluate(compare, [ofPaper, ofBrowser].map((png) => `data:image/png;base64,${png.toString('base64')}`))
}

/** The place on the paper where words of a script stand, drawn. */
async function drawnByPoppler(pdf, script, range) {
  const { stdout } = await run('pdftotext', ['-bbox', '-l', '1', pdf, '-'])
  const found = [...stdout.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)<\/word>/g)]
  const places = found.filter(([, , , , , text]) => range.test(text)).map((match) => match.slice(1, 5).map(Number))
  if (!places.length) throw new Error(`the PDF has no words in ${script}`)
  const margin = 1
  const left = Math.min(...places.map(([x]) => x)) - margin
  const top = Math.min(...places.map(([, y]) => y)) - margin
  const right = Math.max(...places.map(([, , x]) => x)) + margin
  const bottom = Math.max(...places.map(([, , , y]) => y)) + margin
  const px = (points) => String(Math.round((points * DPI) / 72))
  const picture = join(folder, script)
  const crop = ['-x', px(left), '-y', px(top), '-W', px(right - left), '-H', px(bottom - top)]
  await run('pdftoppm', ['-png', '-singlefile', '-r', String(DPI), ...crop, pdf, picture])
  return readFile(`${picture}.png`)
}

/** The same words on a page, in the same font. */
async function drawnByChromium(page, script, words) {
  const font = await readFile(script === 'Devanagari' ? DEVANAGARI : join(FONTS, `NotoSans${script}-Regular.ttf`))
  await page.setContent(`<style>
    @font-face { font-family: drawn; src: url(data:font/ttf;base64,${font.toString('base64')}) }
    body { margin: 0; background: #fff }
    span { display: inline-block; padding: 40px; font: 90px drawn; white-space: nowrap; color: #000 }
  </style><span dir="auto">${words}</span>`)
  await page.evaluate(() => document.fonts.ready)
  return page.locator('span').screenshot()
}

/** How much of the ink of two pictures lies in both, once each is cut to its ink and drawn at one size. */
async function compare(pictures) {
  const WIDTH = 1200
  const inked = async (address) => {
    const image = new Image()
    image.src = address
    await image.decode()
    const draw = (width, height, ...cut) => {
      const canvas = document.createElement('canvas')
      canvas.width = width
      canvas.height = height
      const context = canvas.getContext('2d')
      context.fillStyle = '#fff'
      context.fillRect(0, 0, width, height)
      context.imageSmoothingQuality = 'high'
      context.drawImage(image, ...cut, 0, 0, width, height)
      const { data } = context.getImageData(0, 0, width, height)
      return (x, y) => data[4 * (y * width + x)] + data[4 * (y * width + x) + 1] + data[4 * (y * width + x) + 2] < 384
    }
    const { width, height } = image
    const isInk = draw(width, height, 0, 0, width, height)
    let [left, top, right, bottom] = [width, height, 0, 0]
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (!isInk(x, y)) continue
        left = Math.min(left, x)
        right = Math.max(right, x + 1)
        top = Math.min(top, y)
        bottom = Math.max(bottom, y + 1)
      }
    }
    const [wide, high] = [right - left, bottom - top]
    return { ratio: high / wide, at: (rows) => draw(WIDTH, rows, left, top, wide, high) }
  }
  const [one, other] = [await inked(pictures[0]), await inked(pictures[1])]
  if (Math.abs(one.ratio / other.ratio - 1) > 0.05) return 0
  const rows = Math.round(WIDTH * other.ratio)
  const [first, second] = [one.at(rows), other.at(rows)]
  let [both, either] = [0, 0]
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [a, b] = [first(x, y), second(x, y)]
      both += a && b ? 1 : 0
      either += a || b ? 1 : 0
    }
  }
  return either ? both / either : 0
}
