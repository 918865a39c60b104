// Last step of the build: joins the manifests, fills the service worker's list of files to keep, puts the words beside the
// other files, and writes compressed siblings so that the server never compresses while somebody waits.
//
// Invariant: the list holds exactly what the shells of the bag stations load, so a station that was
// opened once opens again without a network. What the bill station loads is kept when it is opened.
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const distDir = new URL('../dist/', import.meta.url).pathname
const textFile = /\.(js|css|svg|json|webmanifest)$/

function stationFiles(manifest) {
  const files = new Set()
  const visit = (name) => {
    const entry = manifest[name]
    if (!entry) throw new Error(`the manifest has no ${name}`)
    if (files.has(entry.file)) return
    for (const file of [entry.file, ...(entry.css ?? []), ...(entry.assets ?? [])]) files.add(file)
    for (const imported of entry.imports ?? []) visit(imported)
  }
  visit('src/station/main.ts')
  visit('styles/floor.css')
  visit('icons.svg')
  return [...files].map((file) => `/${file}`).sort()
}

function fillServiceWorker(files) {
  const path = join(distDir, 'sw.js')
  const worker = readFileSync(path, 'utf8')
  const version = createHash('sha256').update(worker).update(files.join('\n')).digest('hex').slice(0, 12)
  const filled = worker
    .replace('__KEPT_FILES__', () => files.join(' '))
    .replace('__VERSION__', () => version)
  if (/__KEPT_FILES__|__VERSION__/.test(filled)) throw new Error('sw.js has an unfilled place')
  if (/^\s*import\b/m.test(filled)) throw new Error('sw.js must stand alone')
  writeFileSync(path, filled)
}

function compress(path) {
  const body = readFileSync(path)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
  }
  const br = brotliCompressSync(body, { params })
  const gz = gzipSync(body, { level: constants.Z_BEST_COMPRESSION })
  writeFileSync(`${path}.br`, br)
  writeFileSync(`${path}.gz`, gz)
  return { raw: body.length, gz: gz.length, br: br.length }
}

function joinManifests() {
  const [house, bill] = ['manifest.json', 'manifest-bill.json'].map((name) => join(distDir, name))
  const joined = { ...JSON.parse(readFileSync(bill, 'utf8')), ...JSON.parse(readFileSync(house, 'utf8')) }
  writeFileSync(house, JSON.stringify(joined, null, 2))
  rmSync(bill)
  return joined
}

const manifest = joinManifests()
fillServiceWorker(stationFiles(manifest))
for (const name of ['phrases.en.json', 'phrases.hi.json']) {
  copyFileSync(new URL(`../${name}`, import.meta.url), join(distDir, name))
}
for (const name of readdirSync(distDir, { recursive: true }).map(String).sort()) {
  if (!textFile.test(name)) continue
  const size = compress(join(distDir, name))
  console.log(`${name.padEnd(36)} ${String(size.raw).padStart(7)} gz ${String(size.gz).padStart(6)} br ${String(size.br).padStart(6)}`)
}
