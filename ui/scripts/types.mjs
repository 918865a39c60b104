// Writes the TypeScript types of what the stations send and receive, from the OpenAPI document of the server.
//
//   node scripts/types.mjs            writes the file if it differs
//   node scripts/types.mjs --print    prints what it would write
//
// The document is docs/openapi.json. Invariant: the file holds exactly what BODIES and LISTS need, in the order of the
// names, so that the same document always gives the same text.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))
export const target = fileURLToPath(new URL('../src/bags/api.ts', import.meta.url))

/** What the stations ask: the name that the body has here, its method and its path. What a body refers to comes with it. */
const BODIES = [
  ['PostScans', 'post', '/api/v1/scans', 'request'],
  ['PostScansAnswer', 'post', '/api/v1/scans', 'response'],
  ['GetMeAnswer', 'get', '/api/v1/me', 'response'],
  ['GetBagAnswer', 'get', '/api/v1/bags/{code}', 'response'],
  ['GetBillsAnswer', 'get', '/api/v1/bills', 'response'],
  ['GetBillAnswer', 'get', '/api/v1/bills/{number}', 'response'],
]
/** Lists of words, which are written as values too. They are left out until the document has them. */
const LISTS = ['Outcome']
const LINE_CHARS_MAX = 120

/** The document that the program serves; a test of the program keeps the file equal to it. */
export function findDocument() {
  return join(repository, 'docs', 'openapi.json')
}

export function readDocument(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

const refName = (ref) => ref.slice(ref.lastIndexOf('/') + 1)
const indent = (text) => text.replace(/\n(?=.)/g, '\n  ')
const nameOf = (field) => (/^[A-Za-z_$][\w$]*$/.test(field) ? field : JSON.stringify(field))

function union(types) {
  const unique = [...new Set(types)]
  if (unique.length === 1) return unique[0]
  const line = unique.join(' | ')
  return line.length <= LINE_CHARS_MAX - 20 ? line : unique.map((type) => `\n  | ${type}`).join('')
}

function comment(description) {
  if (!description) return ''
  const lines = description.trim().replaceAll('*/', '* /').split('\n')
  return lines.length === 1 ? `/** ${lines[0]} */\n` : `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`
}

function objectType({ properties = {}, required = [], additionalProperties }) {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?'
    return `${comment(schema.description)}${nameOf(name)}${mark}: ${typeOf(schema)}`
  })
  if (typeof additionalProperties === 'object') fields.push(`[name: string]: ${typeOf(additionalProperties)}`)
  if (fields.length === 0) return 'Record<string, unknown>'
  return `{${indent(`\n${fields.join('\n')}`)}\n}`
}

function arrayOf(type) {
  return /[|&\s]/.test(type) ? `(${type})[]` : `${type}[]`
}

function plainType(name, schema) {
  switch (name) {
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
      return name
    case 'array':
      return arrayOf(schema.items ? typeOf(schema.items) : 'unknown')
    case 'object':
      return objectType(schema)
    default:
      return 'unknown'
  }
}

const isNull = ({ type }) => type === 'null'

/** A part of an object. One that may be null is a group of fields that may all be left out. */
function partOf(schema) {
  const choices = schema.oneOf ?? schema.anyOf ?? []
  if (choices.some(isNull)) return `Partial<${union(choices.filter((choice) => !isNull(choice)).map(typeOf))}>`
  const type = typeOf(schema)
  return type.includes(' | ') && !type.startsWith('{') ? `(${type})` : type
}

export function typeOf(schema) {
  if (schema.$ref) return refName(schema.$ref)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return union(schema.enum.map((value) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))))
  if (schema.allOf) return schema.allOf.map(partOf).join(' & ')
  const choices = schema.oneOf ?? schema.anyOf
  if (choices) return union(choices.map(typeOf))
  return union([schema.type].flat().map((name) => plainType(name, schema)))
}

/** The schema of what an operation takes or gives. */
function bodyOf(document, [, method, path, side]) {
  const operation = document.paths?.[path]?.[method]
  const body = side === 'request' ? operation?.requestBody : operation?.responses?.['200']
  const schema = body?.content?.['application/json']?.schema
  if (!schema) throw new Error(`the OpenAPI document has no ${side} of ${method} ${path}`)
  return schema
}

function refsIn(value) {
  if (Array.isArray(value)) return value.flatMap(refsIn)
  if (typeof value !== 'object' || value === null) return []
  const own = typeof value.$ref === 'string' ? [refName(value.$ref)] : []
  return own.concat(Object.values(value).flatMap(refsIn))
}

function reachable(schemas, roots) {
  const found = new Set()
  const open = [...roots]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    if (!schemas[name]) throw new Error(`the OpenAPI document has no schema ${name}`)
    found.add(name)
    open.push(...refsIn(schemas[name]))
  }
  return [...found].sort()
}

/** A list that is needed as values too, such as for a test that goes through all of them. */
function listDeclaration(name, schema) {
  const constant = `${name.replace(/(?<!^)([A-Z])/g, '_$1').toUpperCase()}S`
  const values = schema.enum.map((value) => `'${value}'`)
  const line = `[${values.join(', ')}]`
  const list = line.length <= LINE_CHARS_MAX - 40 ? line : `[\n${values.map((value) => `  ${value},\n`).join('')}]`
  return `${comment(schema.description)}export const ${constant} = ${list} as const\nexport type ${name} = (typeof ${constant})[number]\n`
}

function declaration(name, schema) {
  if (LISTS.includes(name) && schema.enum) return listDeclaration(name, schema)
  const type = typeOf(schema)
  const isPlainObject = schema.type === 'object' && type.startsWith('{')
  return `${comment(schema.description)}export ${isPlainObject ? `interface ${name} ${type}` : `type ${name} =${type.startsWith('\n') ? '' : ' '}${type}`}\n`
}

export function typesOf(document) {
  const schemas = document.components?.schemas ?? {}
  const bodies = BODIES.map((body) => ({ name: body[0], schema: bodyOf(document, body) }))
  const roots = [...bodies.flatMap(({ schema }) => refsIn(schema)), ...LISTS.filter((name) => schemas[name])]
  const aliases = bodies.map(({ name, schema }) => `export type ${name} = ${typeOf(schema)}\n`)
  const parts = [...aliases, ...reachable(schemas, roots).map((name) => declaration(name, schemas[name]))]
  return ['// Made by scripts/types.mjs from the OpenAPI document of the server. Do not edit: run `npm run types`.\n', ...parts].join('\n')
}

if (process.argv[1] && basename(process.argv[1]) === 'types.mjs') {
  const path = findDocument()
  const text = typesOf(readDocument(path))
  if (process.argv.includes('--print')) process.stdout.write(text)
  else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    writeFileSync(target, text)
    console.log(`wrote ${relative(repository, target)} from ${relative(repository, path)}`)
  }
}
