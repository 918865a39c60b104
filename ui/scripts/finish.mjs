// Last step of the build: joins the manifests, gives the service worker its version, joins the words of each
// language into one file, and writes compressed copies so that the server never compresses while somebody waits.
//
// Invariant: the version changes with every file that a station loads, so that a new file is fetched and
// kept while there is a network, and not when the station is next opened without one.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const distDir = new URL('../dist/', import.meta.url).pathname
const textFile = /\.(js|css|svg|json|webmanifest|wasm)$/

const STATION_ENTRIES = [
  ...['src/bags/station/main.ts', 'styles/station.css', 'src/bags/bill/main.ts', 'styles/bill.css', 'icons.svg'],
  ...['src/passes/gate/main.ts', 'styles/gate.css'],
]

function stationFiles(manifest) {
  return STATION_ENTRIES.map((name) => {
    const { file, imports } = manifest[name] ?? {}
    if (!file) throw new Error(`the manifest has no ${name}`)
    if (imports) throw new Error(`${name} must be one file, but imports ${imports}`)
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

/** Each build has left a manifest of its own. */
function joinManifests() {
  const names = readdirSync(distDir).filter((name) => /^manifest-.*\.json$/.test(name)).sort()
  const joined = {}
  for (const path of names.map((name) => join(distDir, name))) {
    Object.assign(joined, JSON.parse(readFileSync(path, 'utf8')))
    rmSync(path)
  }
  writeFileSync(join(distDir, 'manifest.json'), JSON.stringify(joined, null, 2))
  return joined
}

/** The words of all stations in one file per language: a page asks for one, whichever wings it belongs to. */
function joinPhrases() {
  const folder = new URL('../phrases/', import.meta.url).pathname
  const languages = new Map()
  for (const name of readdirSync(folder).sort()) {
    const language = name.match(/\.([a-z]+)\.json$/)?.[1]
    if (!language) throw new Error(`phrases/${name} names no language`)
    languages.set(language, { ...languages.get(language), ...JSON.parse(readFileSync(join(folder, name), 'utf8')) })
  }
  for (const [language, words] of languages) writeFileSync(join(distDir, `phrases.${language}.json`), JSON.stringify(words))
}

const manifest = joinManifests()
nameServiceWorker(stationFiles(manifest))
joinPhrases()
for (const name of readdirSync(distDir, { recursive: true }).map(String).sort()) {
  if (!textFile.test(name)) continue
  const size = compress(join(distDir, name))
  console.log(`${name.padEnd(36)} ${String(size.raw).padStart(7)} gz ${String(size.gz).padStart(6)} br ${String(size.br).padStart(6)}`)
}
