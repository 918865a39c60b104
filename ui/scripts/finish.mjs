// Last step of the build: joins the manifests, gives the service worker its version, puts the words beside the
// other files, and writes compressed siblings so that the server never compresses while somebody waits.
//
// Invariant: the version changes with every file that a station loads, so that a new one is fetched and
// kept while there is a network, and not when the station is next opened without.
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const distDir = new URL('../dist/', import.meta.url).pathname
const textFile = /\.(js|css|svg|json|webmanifest)$/

const STATION_ENTRIES = ['src/station/main.ts', 'styles/floor.css', 'src/bill/main.ts', 'styles/bill.css', 'icons.svg']

function stationFiles(manifest) {
  return STATION_ENTRIES.map((name) => {
    const { file, imports } = manifest[name] ?? {}
    if (!file) throw new Error(`the manifest has no ${name}`)
    if (imports) throw new Error(`${name} is to be one file, and imports ${imports}`)
    return file
  })
}

function nameServiceWorker(files) {
  const path = join(distDir, 'sw.js')
  const worker = readFileSync(path, 'utf8')
  const version = createHash('sha256').update(worker).update(files.join('\n')).digest('hex').slice(0, 12)
  const named = worker.replace('__VERSION__', () => version)
  if (named === worker) throw new Error('sw.js has no place for its version')
  if (/^\s*import\b/m.test(named)) throw new Error('sw.js must stand alone')
  writeFileSync(path, named)
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
nameServiceWorker(stationFiles(manifest))
for (const name of ['phrases.en.json', 'phrases.hi.json']) {
  copyFileSync(new URL(`../${name}`, import.meta.url), join(distDir, name))
}
for (const name of readdirSync(distDir, { recursive: true }).map(String).sort()) {
  if (!textFile.test(name)) continue
  const size = compress(join(distDir, name))
  console.log(`${name.padEnd(36)} ${String(size.raw).padStart(7)} gz ${String(size.gz).padStart(6)} br ${String(size.br).padStart(6)}`)
}
