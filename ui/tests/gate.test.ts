// What a gate does without a network: reads codes by public keys and hashes, decides as the server would, and takes a code
// that stays in view once.
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { GONE_MS, InView } from '../src/engine/camera/in-view'
import { looksLikeCode, mended, readCode, type PublicKey } from '../src/passes/gate/code'
import { after, decide, type Asked, type GateEvent, type Known, type ListedPass, type Standing } from '../src/passes/gate/decide'

const ID = '11111111-2222-4333-8444-555555555555'
const EPASS =
  'eyJpZCI6ICIxMTExMTExMS0yMjIyLTQzMzMtODQ0NC01NTU1NTU1NTU1NTUiLCAic2lnIjogImVjNThmMDZmYjc1NzI4YjNhMTVjZjMwYTI2MTZlNTliZDAzNmU2ODc4MDZhNDRiZjljOTkxNjMwYmU5ZGUxOWEifQ=='
const NOW = 1_740_000_000_000
const MINUTE = Math.floor(NOW / 60_000)

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => DIGITS[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** A compact code, made as the server makes it. */
function compact(key: KeyObject, { id = 1, event = 7, people = 1, made = MINUTE, until = 0 } = {}): string {
  const body = Buffer.alloc(32)
  body.writeUInt16BE(id, 0)
  body.writeUInt32BE(event, 2)
  body.write(ID.replace(/-/g, ''), 6, 'hex')
  body.writeUInt8(people, 22)
  body.writeUInt32BE(made, 23)
  body.writeUInt32BE(until, 27)
  const signature = sign(null, Buffer.concat([Buffer.from('TP1'), body]), key)
  return `TP1${base32(Buffer.concat([body, signature]))}`
}

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
const keys: PublicKey[] = [{ id: 1, public: raw, is_revoked: false }]

describe('a code', () => {
  it('of_the_compact_form_is_believed_by_the_public_key_alone', async () => {
    const code = compact(privateKey, { people: 2, until: MINUTE + 5 })
    expect(code).toHaveLength(157)
    expect(await readCode(code, keys)).toEqual({ kind: 'compact', pass: ID, event: 7, people: 2, madeMinute: MINUTE, untilMinute: MINUTE + 5 })
    const other = generateKeyPairSync('ed25519').privateKey
    const changed = code.slice(0, 20) + (code[20] === 'A' ? 'B' : 'A') + code.slice(21)
    const table: [string, PublicKey[], string][] = [
      [changed, keys, 'tampered'],
      [compact(other), keys, 'tampered'],
      [compact(privateKey, { id: 2 }), keys, 'tampered'],
      [code, [{ id: 1, public: raw, is_revoked: true }], 'revoked'],
      [code.slice(0, 100), keys, 'bad_code'],
      // The last character has two bits over, which are zero: the same bytes in another spelling are no code.
      [code.slice(0, -1) + DIGITS[DIGITS.indexOf(code.at(-1) ?? '') + 1], keys, 'bad_code'],
      [`${code}A`, keys, 'bad_code'],
      ['TP1', keys, 'bad_code'],
      [`TP1${'A'.repeat(2000)}`, keys, 'bad_code'],
    ]
    for (const [text, known, kind] of table) expect((await readCode(text, known)).kind, text.slice(0, 40)).toBe(kind)
  })

  it('of_e_pass_gives_the_hash_of_its_signature_and_another_spelling_is_none', async () => {
    expect(await readCode(EPASS, keys)).toMatchObject({ kind: 'epass', pass: ID })
    const json = atob(EPASS)
    const table: [string, string][] = [
      [EPASS.replace(/=+$/, ''), 'bad_code'],
      [btoa(json.replace(': ', ':')), 'bad_code'],
      [btoa(json.replace('}', ', "x": 1}')), 'bad_code'],
      [btoa(json.replace(/"([0-9a-f]{64})"/, (_, hex: string) => `"${hex.toUpperCase()}"`)), 'tampered'],
      ['', 'bad_code'],
      ['!!', 'bad_code'],
    ]
    for (const [text, kind] of table) expect((await readCode(text, keys)).kind, text).toBe(kind)
  })

  it('that_a_scanner_typed_with_caps_lock_on_is_mended', () => {
    const swapped = EPASS.replace(/[A-Za-z]/g, (letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()))
    expect(mended(` ${swapped}\n`)).toBe(EPASS)
    expect(mended('tp1abc')).toBe('TP1ABC')
    expect(looksLikeCode(EPASS)).toBe(true)
    expect(looksLikeCode('Asha Sharma who has a very long name, indeed')).toBe(false)
  })
})

const EVENT: GateEvent = {
  id: 7, name: 'Diwali', place: '', state: 'open', starts_at: null, ends_at: null, early_minutes: 180, one_by_one: false, re_entry: false, inside_max: null,
}

function knowing(listed: Partial<ListedPass> | null, event: Partial<GateEvent> = {}): Known & { since: Map<string, Standing> } {
  const since = new Map<string, Standing>()
  const pass: ListedPass | undefined = listed ? { id: ID, people: 1, admitted: 0, inside: 0, hashes: ['right'], ...listed } : undefined
  return { event: { ...EVENT, ...event }, find: () => pass, standing: (id) => since.get(id), since }
}

const epass = { kind: 'epass', pass: ID, hash: 'right' } as const
const signed = { kind: 'compact', pass: ID, event: 7, people: 1, madeMinute: MINUTE, untilMinute: 0 } as const
const admit: Asked = { action: 'admit', now: NOW }

describe('a device on its own', () => {
  it('decides_as_the_server_does_and_says_what_it_cannot_know', () => {
    const table: [string, Parameters<typeof decide>[0], Known, string][] = [
      ['a right code', epass, knowing({}), 'admitted'],
      ['a right signature', signed, knowing({}), 'admitted'],
      ['a pass that is newer than the list', signed, knowing(null), 'admitted'],
      ['a code of E-Pass that is not listed', epass, knowing(null), 'not_listed'],
      ['a wrong signature', { ...epass, hash: 'wrong' }, knowing({}), 'tampered'],
      ['replaced', epass, knowing({ since: MINUTE, hashes: [] }), 'revoked'],
      ['made before a change', { ...signed, madeMinute: MINUTE - 1 }, knowing({ since: MINUTE }), 'revoked'],
      ['of another kind', { ...signed, people: 2 }, knowing({}), 'revoked'],
      ['of another event', { ...signed, event: 8 }, knowing({}), 'wrong_event'],
      ['run out', { ...signed, untilMinute: MINUTE - 1 }, knowing({}), 'too_late'],
      ['cancelled', epass, knowing({ cancelled: true }), 'cancelled'],
      ['let in before the list', epass, knowing({ admitted: 1, inside: 1 }), 'already_admitted'],
      ['before the gate opens', epass, knowing({}, { state: 'on_sale', starts_at: new Date(NOW + 4 * 3_600_000).toISOString() }), 'not_yet'],
      ['in time', epass, knowing({}, { state: 'on_sale', starts_at: new Date(NOW + 3_600_000).toISOString() }), 'admitted'],
      ['after the end', epass, knowing({}, { state: 'on_sale', ends_at: new Date(NOW - 1).toISOString() }), 'too_late'],
      ['closed', epass, knowing({}, { state: 'closed' }), 'too_late'],
      ['draft', epass, knowing({}, { state: 'draft' }), 'not_yet'],
      ['unreadable', { kind: 'bad_code' }, knowing({}), 'bad_code'],
      ['unsure', { kind: 'unsure' }, knowing({}), 'unsure'],
    ]
    for (const [name, read, known, outcome] of table) expect(decide(read, known, admit).outcome, name).toBe(outcome)
    expect(decide(signed, knowing(null), admit).isNewer).toBe(true)
  })

  it('lets_two_people_in_one_by_one_out_and_in_again_and_no_third', () => {
    const known = knowing({ people: 2 }, { one_by_one: true, re_entry: true })
    const told = ['admit', 'admit', 'admit', 'leave', 'admit', 'leave', 'leave', 'leave'].map((action) => {
      const local = decide(epass, known, { action: action as Asked['action'], people: 1, now: NOW })
      const before = known.since.get(ID) ?? { admitted: 0, inside: 0 }
      known.since.set(ID, after(local, before, new Date(NOW).toISOString()))
      return `${local.outcome} ${known.since.get(ID)?.inside}`
    })
    expect(told).toEqual(['admitted 1', 'admitted 2', 'already_admitted 2', 'left 1', 'admitted 2', 'left 1', 'left 0', 'not_inside 0'])
    expect(known.since.get(ID)?.admitted).toBe(2)
  })
})

describe('a code in view', () => {
  it('counts_once_until_it_was_away_for_a_while', () => {
    const view = new InView()
    expect(view.see(['a', 'a', 'b'], 0)).toEqual(['a', 'b'])
    for (let atMs = 100; atMs < 5_000; atMs += 100) expect(view.see(['a'], atMs)).toEqual([])
    expect(view.see([], 5_500)).toEqual([])
    expect(view.see(['a'], 6_000), 'a few blurred pictures').toEqual([])
    expect(view.see(['a'], 6_001 + GONE_MS)).toEqual(['a'])
  })
})
