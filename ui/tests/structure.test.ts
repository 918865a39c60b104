// Proves that the folders of src/ depend on each other in one direction only: app and wings on the engine, the
// engine on nothing.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = new URL('../src', import.meta.url).pathname
const styles = new URL('../styles', import.meta.url).pathname
const files = readdirSync(src, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.ts'))
  .sort()
/** Folders that are no wing: what all wings stand on, and the scripts of every office page. */
const SHARED = ['engine', 'app']
const textOf = (file: string) => readFileSync(join(src, file), 'utf8')
const folderOf = (file: string) => file.split('/')[0] ?? ''

/** The files of src/ that a file imports. */
function importsOf(file: string): string[] {
  const specifiers = [...textOf(file).matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map((match) => match[1] ?? '')
  return specifiers.map((specifier) => `${normalize(join(dirname(file), specifier))}.ts`).filter((path) => files.includes(path))
}

const graph = new Map(files.map((file) => [file, importsOf(file)]))

/** Every group of files that import each other, however many are between them. */
function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const reach = (from: string) => {
    const seen = new Set<string>()
    const open = [...(edges.get(from) ?? [])]
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue
      seen.add(file)
      open.push(...(edges.get(file) ?? []))
    }
    return seen
  }
  const reached = new Map([...edges.keys()].map((file) => [file, reach(file)]))
  const group = (file: string) => [...edges.keys()].filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file))
  const groups = [...edges.keys()].filter((file) => reached.get(file)?.has(file)).map((file) => group(file).join(' '))
  return [...new Set(groups)].map((text) => text.split(' '))
}

describe('the files of src', () => {
  it('are_found_with_what_they_import', () => {
    expect(graph.get('engine/keeper.ts')).toContain('engine/sender.ts')
    expect(graph.get('bags/station/main.ts')).toContain('engine/start.ts')
    expect(circles(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']]]))).toEqual([['b', 'c']])
  })

  it('have_no_circle_of_imports', () => {
    expect(circles(graph)).toEqual([])
  })

  it('import_only_the_engine_from_outside_their_own_folder', () => {
    const crossing = [...graph].flatMap(([file, imports]) =>
      imports.filter((other) => folderOf(other) !== folderOf(file) && folderOf(other) !== 'engine').map((other) => `${file} imports ${other}`),
    )
    expect(crossing).toEqual([])
  })

  it('of_the_engine_name_nothing_of_any_wing', () => {
    const wings = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !SHARED.includes(entry.name))
    expect(wings.map(({ name }) => name)).toContain('bags')
    const words = /\b(?:bags?|bills?|parents?|child(?:ren)?|pass(?:es)?|lots?)\b|Parent|Child(?!ren\b|ElementCount|\b)|Bag|Bill/
    // What the page's own nodes are called is no child bag.
    const isOfPage = /\.{3}children|firstElementChild|lastElementChild|replaceChildren|children: \(Node/
    const lines = files
      .filter((file) => folderOf(file) === 'engine')
      .flatMap((file) => textOf(file).split('\n').map((line, at) => ({ place: `${file}:${at + 1}`, line })))
      .concat(readFileSync(new URL('../phrases/engine.en.json', import.meta.url), 'utf8').split('\n').map((line, at) => ({ place: `engine.en.json:${at + 1}`, line })))
    const named = lines.filter(({ line }) => words.test(line) && !isOfPage.test(line)).map(({ place, line }) => `${place}: ${line.trim()}`)
    expect(named).toEqual([])
  })
})

describe('the style sheets', () => {
  it('of_the_kit_import_nothing_and_style_nothing_of_a_wing', () => {
    const kit = readdirSync(join(styles, 'kit')).map((name) => ({ name, text: readFileSync(join(styles, 'kit', name), 'utf8') }))
    const named = kit.filter(({ text }) => /@import|data-mode="(?!scan)|[.#](?:bag|bill|pip|parent|child)\b/.test(text)).map(({ name }) => name)
    expect(named).toEqual([])
  })
})
