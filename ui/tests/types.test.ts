// Proves that the types of the API are those that the server describes.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
// @ts-expect-error a script without types
import { findDocument, readDocument, target, typeOf, typesOf } from '../scripts/types.mjs'

describe('the types of the API', () => {
  it('are_those_of_the_servers_description', () => {
    const wanted = typesOf(readDocument(findDocument()))
    expect(readFileSync(target, 'utf8') === wanted, 'run `npm run types` in ui/').toBe(true)
  })

  it('say_what_a_schema_says', () => {
    expect(typeOf({ type: ['string', 'null'] })).toBe('string | null')
    expect(typeOf({ enum: ['linked', 'parent_full'], type: 'string' })).toBe("'linked' | 'parent_full'")
    expect(typeOf({ type: 'array', items: { oneOf: [{ $ref: '#/components/schemas/Stamp' }, { type: 'null' }] } })).toBe('(Stamp | null)[]')
    const object = { type: 'object', required: ['id'], properties: { id: { type: 'integer' }, 'a-b': { type: 'boolean', description: 'Why.' } } }
    expect(typeOf(object)).toBe('{\n  id: number\n  /** Why. */\n  "a-b"?: boolean\n}')
    expect(typeOf({ type: 'object', additionalProperties: { type: 'number' } })).toBe('{\n  [name: string]: number\n}')
    expect(typeOf({ allOf: [{ $ref: '#/components/schemas/BillJson' }, { type: 'object' }] })).toBe('BillJson & Record<string, unknown>')
    const leftOut = { oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/BillFacts' }] }
    expect(typeOf({ allOf: [leftOut, { $ref: '#/components/schemas/Answer' }] })).toBe('Partial<BillFacts> & Answer')
  })

  it('list_each_outcome_once_the_description_does', () => {
    const document = readDocument(findDocument())
    const outcome = { type: 'string', description: 'What became of it.', enum: ['linked', 'duplicate'] }
    const text = typesOf({ ...document, components: { schemas: { ...document.components.schemas, Outcome: outcome } } })
    expect(text).toContain("export const OUTCOMES = ['linked', 'duplicate'] as const")
    expect(text).toContain('export type Outcome = (typeof OUTCOMES)[number]')
  })
})
