// What people do and what happens to them, one thing at a time.
import { BagKeeper } from '../../src/bags/station/keeper'
import { BillKeeper } from '../../src/bags/bill/keeper'
import type { BagAttention } from '../../src/bags/items'
import type { Device, Page } from './browser'
import { PASSES, PEOPLE, UNREADABLE } from './site'
import type { World } from './world'

const ACTS = {
  scan: 60, undo: 5, key: 4, attention: 3, open: 3, close: 2, reload: 3, offline: 4, online: 6, weather: 3, look: 3,
  sign_out: 2, sign_in: 4, ends_session: 1, lock: 1, rights: 2, disk: 2, clock: 2, cancel: 1,
}

/** No two guests come within this time. */
const GUEST_MS = 701

export async function act(world: World, device: Device): Promise<void> {
  const { dice } = world
  const what = dice.weighted(ACTS)
  const page = device.alive.length > 0 ? dice.pick(device.alive) : null
  world.note(`${device.name} ${what} ${page?.name ?? ''}`)
  switch (what) {
    case 'scan':
      if (page) return scanSome(world, page)
      await device.open(dice.pick(['bags', 'bill', 'gate']))
      return
    case 'undo':
      return page?.run(() => undo(world, page))
    case 'key':
      return page?.run(() => press(world, page))
    case 'attention':
      return page?.run(() => clear(world, page))
    case 'open':
      if (device.alive.length < 3) await device.open(dice.pick(['bags', 'bags', 'bill', 'gate', 'gate']))
      return
    case 'close':
      return page?.end()
    case 'reload':
      page?.end()
      if (page) await device.open(page.kind)
      return
    case 'look':
      return page?.mayBeBack()
    default:
      return happens(world, device, what)
  }
}

type Happening = Exclude<keyof typeof ACTS, 'scan' | 'undo' | 'key' | 'attention' | 'open' | 'close' | 'reload' | 'look'>

async function happens(world: World, device: Device, what: Happening): Promise<void> {
  const { dice, site, network, clock } = world
  const session = site.sessions.get(device.cookie)
  const personId = dice.pick(PEOPLE)
  switch (what) {
    case 'offline':
      device.isOnline = false
      // Sometimes a browser notices it, sometimes only the requests do.
      if (dice.oneIn(2)) for (const page of device.alive) page.wentOffline()
      return
    case 'online':
      device.isOnline = true
      if (dice.oneIn(2)) for (const page of device.alive) page.mayBeBack()
      return
    case 'weather':
      network.weather.isDown = dice.oneIn(3)
      network.weather.troublePercent = dice.pick([0, 0, 20, 60, 90])
      return
    case 'sign_out':
      site.sessions.delete(device.cookie)
      device.cookie = ''
      device.wasSignInShown = true
      if (device.alive[0]) device.alive[0].end()
      return
    case 'sign_in':
      device.cookie = site.signIn(personId)
      device.wasSignInShown = true
      if (device.alive.length < 3) await device.open(dice.pick(['bags', 'bill', 'gate']))
      return
    case 'ends_session':
      site.sessions.delete(device.cookie)
      return
    case 'lock':
      if (session) session.isLocked = !session.isLocked
      return
    case 'rights':
      return swap(dice.oneIn(2) ? site.mayScan : site.mayBill, personId)
    case 'disk':
      device.isDiskFull = !device.isDiskFull
      return
    case 'clock':
      clock.offMs = dice.pick([0, -86_400_000, 3_600_000, -90_000, 40 * 86_400_000])
      return
    case 'cancel': {
      const pass = site.passes.get(dice.pick(PASSES).id)
      if (pass) pass.isCancelled = !pass.isCancelled
    }
  }
}

function swap(set: Set<number>, personId: number): void {
  if (!set.delete(personId)) set.add(personId)
}

/** A few codes, as fast as a scanner gives them. */
function scanSome(world: World, page: Page): void {
  const { dice } = world
  const count = dice.pick([1, 1, 2, 5, 12])
  for (let n = 0; n < count; n += 1) {
    if (page.gate) comes(world, page)
    else page.run(() => page.bags?.onCode(codeFor(world, page), 'scanner'))
  }
}

/** A guest, after the one before. */
function comes({ clock, dice }: World, page: Page): void {
  page.freeAtMs = Math.max(clock.steadyMs, page.freeAtMs + GUEST_MS)
  const pass = dice.pick(PASSES).id
  clock.after(page.freeAtMs - clock.steadyMs, () => page.isAlive && page.run(() => page.gate?.scan({ pass })))
}

function codeFor({ dice }: World, page: Page): string {
  if (page.kind === 'bill') return dice.oneIn(4) ? dice.pick(['BILL-1', 'BILL-2', 'BILL-9']) : `SB0000${dice.roll(5)}`
  if (dice.oneIn(5)) return `SB0000${dice.roll(5)}`
  if (dice.oneIn(25)) return `${UNREADABLE}${dice.roll(9)}`
  return `KID${String(dice.roll(40)).padStart(3, '0')}`
}

function undo({ dice }: World, page: Page): void {
  if (page.gate) void page.gate.undo('wrong person')
  else page.bags?.undo()
  if (dice.oneIn(3) && page.bags instanceof BagKeeper) page.bags.undo()
}

function press({ dice }: World, { bags, gate }: Page): void {
  if (bags instanceof BagKeeper) {
    if (dice.oneIn(2)) bags.moveNow()
    else bags.close()
  } else if (bags instanceof BillKeeper) {
    const press = dice.pick(['complete', 'reopen', 'leaveBill', 'registerNow'] as const)
    bags[press]()
  } else gate?.set({ direction: 'admit' })
}

function clear({ dice }: World, { bags, seen }: Page): void {
  const [first] = seen.attention ?? []
  if (!bags || !first) return
  if (dice.oneIn(3)) bags.dismissAll()
  else if (bags instanceof BagKeeper && dice.oneIn(2)) bags.move(first as BagAttention)
  else bags.dismiss(first as BagAttention)
}
