// Goes through the pages of a site as a person who follows every link, so that a test meets pages that nobody listed.
const PAGES_MAX = 200
const OF_EACH_SHAPE_MAX = 3
/** No pages: files, calls, and the stations, which have tests of their own. */
const ELSEWHERE = /^\/(api|assets|export|station|scan)\b|\/(file|station|rejected)\b|format=/

/** Pages that differ only in a code, a number or a person have one shape. */
export function shapeOf(path) {
  const [whole, query = ''] = path.split('?')
  const place = whole.replace(/\/people\/.+/, '/people/*')
  return `${place.replace(/[^/]*[A-Z0-9%][^/]*/g, '*')}?${query.replace(/=[^&]*/g, '')}`
}

/** The pages that can be reached from these, at most three of each shape, with their HTML. */
export async function pagesFrom(address, { token }, seeds) {
  const [open, seen, shapes, pages] = [[...seeds], new Set(seeds), new Map(), []]
  for (let path = open.shift(); path !== undefined && shapes.size < PAGES_MAX; path = open.shift()) {
    const shape = shapeOf(path)
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
    if (shapes.get(shape) > OF_EACH_SHAPE_MAX && !seeds.includes(path)) continue
    const answer = await fetch(address + path, { headers: { cookie: `tallyhouse=${token}` } })
    if (!answer.headers.get('content-type')?.startsWith('text/html')) continue
    const html = await answer.text()
    pages.push({ path, shape, html })
    for (const [, href] of html.matchAll(/<a\b[^>]*href="(\/[^"#]*)"/g)) {
      const next = href.replaceAll('&amp;', '&')
      if (seen.has(next) || ELSEWHERE.test(next)) continue
      seen.add(next)
      open.push(next)
    }
  }
  return pages
}
