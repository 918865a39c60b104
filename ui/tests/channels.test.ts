// Proves that each scan goes over its own channel, and that what an earlier version stored is sent as well.
import { openDB } from 'idb'
import { describe, expect, it } from 'vitest'
import { CHANNELS } from '../src/bags/channels'
import { Channels, type Channel } from '../src/engine/channel'
import { may, storedMe } from '../src/engine/me'
import { openStore } from '../src/engine/store'
import { FakeServer, STORES, bench, codesOf, databaseName, keepAll, who } from './queue.bench'

describe('what an earlier version stored', () => {
  /** A device as the program left it when entries named no channel. */
  async function oldDevice(name: string): Promise<void> {
    const db = await openDB(name, 1, {
      upgrade(fresh) {
        const queue = fresh.createObjectStore('queue', { keyPath: 'seq', autoIncrement: true })
        queue.createIndex('person', ['personId', 'seq'])
        fresh.createObjectStore('attention', { keyPath: 'id' }).createIndex('person', 'personId')
        fresh.createObjectStore('facts')
      },
    })
    const made = { personId: 7, at: '2026-11-21T06:10:07.000Z', station: 'dock-1' }
    await db.add('queue', { ...made, id: 'old-1', action: 'parent', code: 'SB00001' })
    await db.add('queue', { ...made, id: 'old-2', action: 'child', code: 'KID1', parent: 'SB00001' })
    await db.add('queue', { ...made, id: 'old-3', action: 'bill_link', code: 'SB00001', bill: 'LKO-1' })
    await db.add('queue', { ...made, id: 'old-4', action: 'undo', parent: 'SB00001', of: 'old-2' })
    const refused = { ...made, id: 'old-0', action: 'child', code: 'KID0', parent: 'SB00001' }
    await db.put('attention', { id: 'old-0', personId: 7, item: refused, result: { id: 'old-0', outcome: 'duplicate' } })
    await db.put('facts', { id: 7, name: 'arjun', areaName: '', canScan: true, canBill: false, capacity: 30, labels: [], locale: 'en' }, 'me')
    db.close()
  }

  it('is_read_and_sent_in_its_order_by_the_channels_of_today', async () => {
    const name = databaseName()
    await oldDevice(name)
    const at = bench(await openStore(name))
    const sent: unknown[] = []
    const { post } = at.server
    at.server.post = (channel, items, csrf) => {
      sent.push([channel.name, channel.address, channel.body(items, items[0]?.station)])
      return post.call(at.server, channel, items, csrf)
    }
    at.sender.kick()
    await at.settle()
    const time = '2026-11-21T06:10:07.000Z'
    expect(JSON.parse(JSON.stringify(sent))).toEqual([
      [
        'bags',
        '/api/v1/scans',
        {
          station: 'dock-1',
          scans: [
            { id: 'old-1', at: time, action: 'parent', code: 'SB00001' },
            { id: 'old-2', at: time, action: 'child', code: 'KID1', parent: 'SB00001' },
          ],
        },
      ],
      ['bills', '/api/v1/scans', { station: 'dock-1', scans: [{ id: 'old-3', at: time, action: 'bill_link', code: 'SB00001', bill: 'LKO-1' }] }],
      ['bags', '/api/v1/scans', { station: 'dock-1', scans: [{ id: 'old-4', at: time, action: 'undo', parent: 'SB00001' }] }],
    ])
    expect(await at.store.head(7, 10)).toEqual([])
    expect(await at.store.countsByPerson()).toEqual(new Map())
  })

  it('needs_attention_still_and_its_person_keeps_the_same_rights', async () => {
    const name = databaseName()
    await oldDevice(name)
    const store = await openStore(name)
    const { isKnown } = new Channels(CHANNELS)
    expect((await store.attention(7, isKnown)).map(({ item }) => item.code)).toEqual(['KID0'])
    const me = storedMe(await store.loadFact('me'))
    expect([me?.name, me && may(me, 'can_scan'), me && may(me, 'can_bill')]).toEqual(['arjun', true, false])
  })

  it('waits_for_the_right_of_its_own_channel', async () => {
    const name = databaseName()
    await oldDevice(name)
    const at = bench(await openStore(name))
    at.server.person = who(7, 'a', { can_bill: false })
    at.sender.kick()
    await at.settle()
    expect([...at.server.answers.keys()]).toEqual(['old-1', 'old-2', 'old-4'])
    const attention = await at.store.attention(7)
    expect(attention.map(({ id, result }) => [id, result.outcome])).toEqual([
      ['old-0', 'duplicate'],
      ['old-3', 'no_right'],
    ])
  })
})

describe.each(STORES)('channels over %s', (_name, open) => {
  const GATE: Channel = {
    name: 'gate',
    address: '/api/v1/redemptions',
    right: 'can_redeem',
    body: (items) => ({ passes: items.map(({ code }) => code) }),
    results: () => [],
    isRefused: (outcome) => outcome !== 'linked',
  }

  it('send_each_scan_to_its_own_address_and_leave_what_this_page_does_not_know', async () => {
    const store = await open()
    const bags = bench(store)
    await keepAll(store, ['PASS1', 'PASS2'], { channel: 'gate' })
    await keepAll(store, codesOf(150))
    bags.sender.kick()
    await bags.settle()
    expect([bags.server.done, [...bags.server.addresses]]).toEqual([codesOf(150), ['/api/v1/scans']])
    expect((await store.head(7, 10)).map(({ code }) => code)).toEqual(['PASS1', 'PASS2'])
    const gate = bench(store, new FakeServer(), undefined, [GATE])
    gate.sender.kick()
    await gate.settle()
    expect([gate.server.done, [...gate.server.addresses]]).toEqual([['PASS1', 'PASS2'], ['/api/v1/redemptions']])
    expect(await store.head(7, 10)).toEqual([])
  })

  it('find_the_oldest_wanted_scans_behind_any_number_of_others', async () => {
    const store = await open()
    await keepAll(store, codesOf(25), { channel: 'gate' })
    const wanted = await keepAll(store, ['A', 'B', 'C'])
    const { isKnown } = new Channels(CHANNELS)
    expect(await store.head(7, 2, isKnown)).toEqual(wanted.slice(0, 2))
    expect(await store.head(7, 10, isKnown)).toEqual(wanted)
  })

  it('have_rights_of_their_own', async () => {
    const store = await open()
    const at = bench(store, new FakeServer(), undefined, [...CHANNELS, GATE])
    at.server.person = who(7, 'a', { can_redeem: false })
    await keepAll(store, ['PASS1'], { channel: 'gate' })
    await keepAll(store, ['KID1'])
    at.sender.kick()
    await at.settle()
    expect(at.server.done).toEqual(['KID1'])
    expect((await store.attention(7)).map(({ item, result }) => [item.code, result.outcome])).toEqual([['PASS1', 'no_right']])
  })
})
