// Proves that a kept scan is sent once in effect, in order, for the right person, whatever the
// network does.
import { beforeEach, describe, expect, it } from 'vitest'
import { uuidV7 } from '../src/engine/scan-id'
import { backoffMs } from '../src/engine/sender'
import { openStore } from '../src/engine/store'
import { STORES, bench, codesOf, databaseName, keepAll, scan, who, type Bench } from './queue.bench'

describe.each(STORES)('the queue in %s', (_name, open) => {
  let at: Bench
  beforeEach(async () => {
    at = bench(await open())
  })

  it('is_sent_in_order_in_batches_of_at_most_a_hundred', async () => {
    const codes = codesOf(250)
    await keepAll(at.store, codes)
    at.sender.kick()
    await at.settle()
    expect(at.server.done).toEqual(codes)
    expect(at.server.batches.map((batch) => batch.length)).toEqual([100, 100, 50])
    expect(at.answered.map(({ item }) => item.code)).toEqual(codes)
    expect(await at.store.head(7, 10)).toEqual([])
  })

  it('survives_lost_replies_and_broken_servers_with_each_scan_done_once', async () => {
    const codes = codesOf(30)
    at.server.troubles = ['lost', { kind: 'offline' }, { kind: 'busy', retryAfterMs: 0 }, 'lost', 'lost']
    for (const code of codes) {
      await keepAll(at.store, [code])
      at.sender.kick()
    }
    await at.settle()
    expect(at.server.done).toEqual(codes)
    expect(at.answered).toHaveLength(30)
    expect(await at.store.head(7, 10)).toEqual([])
    expect(at.links).toContain('offline')
    expect(at.links.at(-1)).toBe('ok')
  })

  it('waits_longer_each_time_and_as_long_as_the_server_asks', async () => {
    await keepAll(at.store, ['KID1'])
    at.server.troubles = [{ kind: 'offline' }, { kind: 'offline' }, { kind: 'offline' }, { kind: 'busy', retryAfterMs: 9_000 }]
    at.sender.kick()
    await at.settle()
    expect(at.waits).toEqual([500, 1_000, 2_000, 9_000])
    expect([1, 2, 3, 6, 50].map(backoffMs)).toEqual([500, 1_000, 2_000, 15_000, 15_000])
    expect(at.server.done).toEqual(['KID1'])
  })

  it('sets_an_unreadable_scan_aside_and_goes_on_with_the_rest', async () => {
    const codes = codesOf(20)
    at.server.unreadable = new Set(['KID0003', 'KID0017'])
    await keepAll(at.store, codes)
    at.sender.kick()
    await at.settle()
    expect(at.server.done).toEqual(codes.filter((code) => !at.server.unreadable.has(code)))
    const attention = await at.store.attention(7)
    expect(attention.map(({ item, result }) => [item.code, result.outcome]).sort()).toEqual([
      ['KID0003', 'malformed'],
      ['KID0017', 'malformed'],
    ])
    expect(await at.store.head(7, 10)).toEqual([])
  })

  it('keeps_refusals_until_they_are_dismissed', async () => {
    at.server.refuse.add('KID0001')
    await keepAll(at.store, codesOf(3))
    at.sender.kick()
    await at.settle()
    const attention = await at.store.attention(7)
    expect(attention.map(({ item }) => item.code)).toEqual(['KID0001'])
    await at.store.dismiss(attention.map(({ id }) => id))
    expect(await at.store.attention(7)).toEqual([])
  })

  it('sends_nothing_while_signed_out_and_everything_afterwards', async () => {
    at.server.person = 'signed_out'
    await keepAll(at.store, codesOf(3))
    at.sender.kick()
    await at.settle(2)
    expect(at.server.batches).toEqual([])
    at.server.person = who(7, 'a')
    at.sender.retryNow()
    await at.settle()
    expect(at.server.done).toEqual(codesOf(3))
  })

  it('sets_aside_what_only_a_former_right_allowed_and_goes_on_with_the_rest', async () => {
    await keepAll(at.store, ['SB00001'], { channel: 'bills', action: 'bill_link', bill: 'B-1' })
    await keepAll(at.store, codesOf(2))
    at.server.person = who(7, 'a', { can_bill: false })
    at.sender.kick()
    await at.settle()
    expect(at.server.done).toEqual(codesOf(2))
    const attention = await at.store.attention(7)
    expect(attention.map(({ item, result }) => [item.code, result.outcome])).toEqual([['SB00001', 'no_right']])
  })

  it('takes_nothing_back_of_a_scan_that_was_refused', async () => {
    at.server.refuse.add('KID0001')
    const [first] = await keepAll(at.store, ['KID0001'])
    await keepAll(at.store, ['KID0001'], { action: 'undo', of: first?.id ?? '' })
    const [second] = await keepAll(at.store, ['KID0002'])
    await keepAll(at.store, ['KID0002'], { action: 'undo', of: second?.id ?? '' })
    at.sender.kick()
    await at.settle()
    expect(at.server.batches.map((batch) => batch.length)).toEqual([1, 1, 1])
    const attention = await at.store.attention(7)
    expect(attention.map(({ item, result }) => [item.action, result.outcome])).toEqual([
      ['child', 'parent_full'],
      ['undo', 'not_taken_back'],
    ])
  })

  it('keeps_everything_of_who_has_no_right_for_now', async () => {
    at.server.person = who(7, 'a', { can_bill: false, can_scan: false })
    await keepAll(at.store, codesOf(2))
    at.sender.kick()
    await at.settle(2)
    expect([at.server.batches, await at.store.attention(7)]).toEqual([[], []])
    at.server.person = who(7, 'a')
    at.sender.retryNow()
    await at.settle()
    expect(at.server.done).toEqual(codesOf(2))
  })

  it('never_sends_one_persons_scans_for_another', async () => {
    await keepAll(at.store, ['ARJUN1', 'ARJUN2'])
    await keepAll(at.store, ['MEERA1'], { personId: 8 })
    at.server.person = who(8, 'a')
    at.sender.kick()
    await at.settle()
    expect(at.server.done).toEqual(['MEERA1'])
    expect(await at.store.countsByPerson()).toEqual(new Map([[7, 2]]))
    at.server.person = who(7, 'b')
    at.server.csrf = 'b'
    await keepAll(at.store, ['MEERA2'], { personId: 8 })
    at.sender.kick() // still the old token: the server says no, and who is asked again
    await at.settle()
    expect(at.server.done).toEqual(['MEERA1', 'ARJUN1', 'ARJUN2'])
  })

  it('sends_the_scans_of_two_stations_in_two_calls', async () => {
    await keepAll(at.store, ['KID1', 'KID2'], { station: 'dock-1' })
    await keepAll(at.store, ['KID3'], { station: 'dock-2' })
    at.sender.kick()
    await at.settle()
    expect(at.server.batches).toEqual([['KID1', 'KID2'], ['KID3']])
  })

  it('is_sent_once_by_two_pages', async () => {
    const locks = { held: Promise.resolve() }
    const one = bench(at.store, at.server, locks)
    const two = bench(at.store, at.server, locks)
    await keepAll(at.store, codesOf(40))
    one.sender.kick()
    two.sender.kick()
    await one.settle()
    expect(at.server.done).toEqual(codesOf(40))
    expect(at.server.batches.flat()).toEqual(codesOf(40))
  })
})

describe('the lasting queue', () => {
  it('is_there_after_a_reload_with_what_the_page_showed', async () => {
    const name = databaseName()
    const before = await openStore(name)
    await before.keep(scan('KID1'), { parent: 'SB00001' }, true)
    await before.keep(scan('KID2'), { parent: 'SB00001', last: 2 }, true)
    await before.saveFact('me', { id: 7 })
    const after = await openStore(name)
    expect((await after.head(7, 10)).map(({ code }) => code)).toEqual(['KID1', 'KID2'])
    expect(await after.loadFact('view-7')).toEqual({ parent: 'SB00001', last: 2 })
    expect(await after.loadFact('me')).toEqual({ id: 7 })
  })

  it('is_in_order_even_when_the_writes_were_not_awaited', async () => {
    const store = await openStore(databaseName())
    const codes = codesOf(200)
    await Promise.all(codes.map((code) => store.keep(scan(code), null, false)))
    expect((await store.head(7, 500)).map(({ code }) => code)).toEqual(codes)
  })
})

describe('scan ids', () => {
  it('are_version_7_and_rise_even_when_the_clock_does_not', () => {
    const random = () => crypto.getRandomValues(new Uint8Array(16))
    const made = Array.from({ length: 10_000 }, (_, n) => uuidV7(1_790_000_000_000 - (n % 3), random()))
    expect(made.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
    expect([...made].sort()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
  })
})
