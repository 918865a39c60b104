/// <reference lib="webworker" />
// Lets a station open without a network: keeps its shells, what they load, and its words, from the first
// time that the station is opened on this device.
//
// Invariants: it answers for the shells, /assets/ and /ui/phrases/ only, never for /api or any other
// page; a shell is kept only together with every file that it names.
export {}
declare const self: ServiceWorkerGlobalScope

const VERSION = '__VERSION__'
const CACHE = `station-${VERSION}`
/** Caches of other versions, by their names then and now. */
const isOurCache = (name: string) => /^(station|floor)-/.test(name)
/** The shells of each station: they name the same files, so anybody who opened one can open the other. */
const STATIONS = [['/station', '/scan'], ['/bills/station']]
const SHELLS = STATIONS.flat()
/** Each event has a gate. Who may not see it is led away, so its shell is kept only if it comes. */
const isGate = (path: string) => /^\/events\/\d+\/gate$/.test(path)
/** What reads codes where the browser cannot: no shell names it, because a page loads it only when it is needed. */
const isReader = (path: string) => /^\/assets\/(wasm-reader|zxing_reader)-/.test(path)
const WORDS = ['/ui/phrases/en.json', '/ui/phrases/hi.json']
/** Those that are not built into a script; the others are kept when they are first requested. */
const WORDS_NOT_BUILT_IN = ['/ui/phrases/hi.json']
const SHELL_WAIT_MS = 2_000

function isGood(response: Response): boolean {
  return response.ok && !response.redirected && response.type === 'basic'
}

/** Our own page, and not what a proxy sends in its place. */
async function isShell(response: Response): Promise<boolean> {
  return isGood(response) && (await response.clone().text()).includes('id="station"')
}

async function keepMissing(cache: Cache, addresses: string[]): Promise<void> {
  for (const address of new Set(addresses)) {
    if (!(await cache.match(address))) await cache.add(address)
  }
}

/** Keeps a shell only after everything that it names, so that no shell is ever left without its script. */
async function keepShell(path: string, response: Response): Promise<void> {
  const cache = await caches.open(CACHE)
  const named = (await response.clone().text()).match(/\/assets\/[\w.-]+/g) ?? []
  await keepMissing(cache, named)
  await cache.put(path, response)
}

/** The shells of the stations that are open now, or that were kept before this worker was installed. */
async function shellsToKeep(): Promise<string[]> {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const shown = new Set(open.map(({ url }) => new URL(url).pathname))
  const isOpened = async (path: string) => shown.has(path) || (await caches.match(path)) !== undefined
  const opened = await Promise.all(STATIONS.map(async (shells) => (await Promise.all(shells.map(isOpened))).includes(true)))
  return STATIONS.filter((_, index) => opened[index]).flat()
}

/** The gates that are open now or were kept. */
async function gatesToKeep(): Promise<string[]> {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const kept = await Promise.all((await caches.keys()).filter(isOurCache).map(async (name) => (await caches.open(name)).keys()))
  const addresses = [...open.map(({ url }) => url), ...kept.flat().map(({ url }) => url)]
  return [...new Set(addresses.map((address) => new URL(address).pathname).filter(isGate))]
}

async function install(): Promise<void> {
  const cache = await caches.open(CACHE)
  for (const path of await shellsToKeep()) {
    const response = await fetch(path, { credentials: 'same-origin', cache: 'no-cache' })
    // The previous worker still has the station; it stays until all of it can be fetched again.
    if (!(await isShell(response))) throw new Error(`${path} cannot be kept now`)
    await keepShell(path, response)
  }
  for (const path of await gatesToKeep()) {
    const response = await fetch(path, { credentials: 'same-origin', cache: 'no-cache' }).catch(() => null)
    if (response && (await isShell(response))) await keepShell(path, response)
  }
  // English words are built into the script, so the station has words even without these.
  await Promise.allSettled(WORDS_NOT_BUILT_IN.map((address) => cache.add(address)))
  await self.skipWaiting()
}

async function activate(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => isOurCache(name) && name !== CACHE).map((name) => caches.delete(name)))
  await self.clients.claim()
}

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms))
}

/** The network, if everything that its page names arrives in time; otherwise what is kept; otherwise the network's own answer. */
async function shell(event: FetchEvent, path: string): Promise<Response> {
  const fromNetwork = fetch(event.request)
  const whole = fromNetwork.then(async (response) => {
    if (response.type === 'opaqueredirect') return response // to the sign-in page
    if (!(await isShell(response))) return null
    await keepShell(path, response.clone())
    return response
  })
  event.waitUntil(whole.catch(() => undefined))
  const first = await Promise.race([whole.catch(() => null), after(SHELL_WAIT_MS, null)])
  return first ?? (await caches.match(path, { cacheName: CACHE })) ?? fromNetwork
}

async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request, { cacheName: CACHE })
  if (kept) return kept
  const response = await fetch(request)
  if (isReader(new URL(request.url).pathname) && isGood(response)) await (await caches.open(CACHE)).put(request, response.clone())
  return response
}

async function words(event: FetchEvent, path: string): Promise<Response> {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(path)
  const fromNetwork = fetch(event.request).then(async (response) => {
    if (isGood(response)) await cache.put(path, response.clone())
    return response
  })
  if (!kept) return fromNetwork
  event.waitUntil(fromNetwork.catch(() => undefined))
  return kept
}

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))
self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== self.location.origin) return
  if (mode === 'navigate' && (SHELLS.includes(pathname) || isGate(pathname))) event.respondWith(shell(event, pathname))
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(event.request))
  else if (WORDS.includes(pathname)) event.respondWith(words(event, pathname))
})
