// One run from one seed: people scan on devices whose network, disk, sessions and clocks do what they like; then everything
// heals, and what must hold is held against what happened.
import { openStore } from '../../src/engine/store'
import type { Attention, NewItem } from '../../src/engine/items'
import type { GateItem } from '../../src/passes/gate/items'
import { Device, channelOf, type Page, type Seen } from './browser'
import { Clock, START_MS } from './clock'
import { Dice } from './dice'
import { Network } from './network'
import { act } from './people'
import { PEOPLE, Site } from './site'
import { surrounded } from './surroundings'

/** The longest wait that a server can ask for, and a little more. */
const HEAL_MS = 62_000
/** A new page sends at once. */
const WORK_MS = 35_000

/** A scan as a page made it. */
export interface Made {
  item: NewItem
  device: Device
  page: Page
  /** Its place in the queue, once it is on the disk. */
  seq?: number
}

export interface Outcome {
  faults: string[]
  trace: string[]
  made: number
  decided: number
}

interface Stored {
  counts: Map<number, number>
  /** People who have something to send from here, or whose entry is still to be told of. */
  people: Set<number>
  attention: Attention[]
}

export class World {
  readonly clock = new Clock()
  readonly dice: Dice
  readonly site = new Site(this.clock)
  readonly network: Network
  readonly devices: Device[]
  readonly made = new Map<string, Made>()
  /** Ids of scans that somebody has seen as refused and put away. */
  readonly dismissed = new Set<string>()
  readonly faults: string[] = []
  private readonly trace: string[] = []
  private readonly names = new Map<string, string>()
  private readonly unkept: { page: Page; id: string }[] = []
  private readonly toldUnkept = new Set<string>()
  /** Entries that a gate showed as let in. */
  private readonly letIn = new Map<string, Page>()
  private isCalm = false
  /** Of so many tasks, one is followed by the end of a page. */
  private readonly endsOneIn: number

  constructor(seed: number) {
    this.dice = new Dice(seed)
    this.network = new Network(this.clock, this.dice, this.site, (what) => this.note(what))
    const hasLocks = !this.dice.oneIn(5)
    this.devices = ['dock', 'desk'].slice(0, 1 + this.dice.roll(2)).map((name) => new Device(this, name, hasLocks))
    this.network.weather.troublePercent = this.dice.pick([0, 10, 30, 60])
    this.endsOneIn = this.dice.pick([0, 400, 2_000])
    this.clock.between = () => this.maybeEnd()
  }

  /** Ids are written by the order in which they appeared, so that two runs can be compared. */
  note(what: string): void {
    const named = what.replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}/g, (id) => {
      const name = this.names.get(id) ?? `scan ${this.names.size + 1}`
      this.names.set(id, name)
      return name
    })
    this.trace.push(`${((this.clock.steadyMs - START_MS) / 1000).toFixed(3)} ${named}`)
  }

  asked(page: Page, item: NewItem): void {
    if (!this.made.has(item.id)) this.made.set(item.id, { item: structuredClone(item), device: page.device, page })
    this.note(`${page.name} makes ${item.id} ${item.action} ${item.code ?? (item as GateItem).pass ?? ''}`)
  }

  kept(page: Page, id: string, seq: number): void {
    const made = this.made.get(id)
    if (made) made.seq ??= seq
    this.note(`${page.name} kept ${id} at ${seq}`)
  }

  notKept(page: Page, id: string): void {
    this.note(`${page.name} could not keep ${id}`)
    if (page.isAlive) this.unkept.push({ page, id })
  }

  saw(page: Page, { attention, verdict }: Seen): void {
    for (const { id, result } of attention ?? []) if (result.outcome === 'not_kept') this.toldUnkept.add(id)
    if (verdict?.outcome === 'not_kept') this.toldUnkept.add(verdict.scanId)
    if (verdict?.tone === 'yes' && verdict.outcome === 'admitted') this.letIn.set(verdict.scanId, page)
  }

  private maybeEnd(): boolean {
    if (this.isCalm || this.endsOneIn === 0 || !this.dice.oneIn(this.endsOneIn)) return false
    const pages = this.devices.flatMap(({ alive }) => alive)
    if (pages.length === 0) return false
    this.dice.pick(pages).end()
    return true
  }

  async run(steps: number): Promise<Outcome> {
    for (const device of this.devices) {
      device.cookie = this.site.signIn(this.dice.pick(PEOPLE))
      await this.opening(device.open(this.dice.pick(['bags', 'bags', 'bill', 'gate'])))
    }
    for (let step = 0; step < steps; step += 1) {
      await this.opening(act(this, this.dice.pick(this.devices)))
      await this.clock.pass(this.dice.pick([0, 20, 300, 1_300, 4_000, 40_000]))
      this.checkUnkept()
    }
    await this.heal()
    return { faults: this.faults, trace: this.trace, made: this.made.size, decided: this.site.decided.size }
  }

  /** Lets the clock run until that is done; a page may end while it opens. */
  private async opening(work: Promise<unknown>): Promise<void> {
    void work
    await this.clock.pass(0)
  }

  fault(what: string): void {
    this.note(`FAULT: ${what}`)
    this.faults.push(what)
  }

  /** What could not be kept is told to whoever scanned it, unless the page is gone. */
  private checkUnkept(): void {
    for (const { page, id } of this.unkept.splice(0)) {
      // A word of an entry is kept later, see `checkLetIn`.
      const isLater = (this.made.get(id)?.item as GateItem | undefined)?.offline !== undefined
      const isTold = isLater || this.toldUnkept.has(id) || this.site.decided.has(id) || this.made.get(id)?.seq !== undefined
      if (page.isAlive && !isTold) this.fault(`${id} could not be kept and nobody was told`)
    }
  }

  private async heal(): Promise<void> {
    this.isCalm = true
    this.note('everything heals')
    Object.assign(this.network.weather, { troublePercent: 0, isDown: false })
    for (const personId of PEOPLE) {
      this.site.mayScan.add(personId)
      this.site.mayBill.add(personId)
    }
    for (const session of this.site.sessions.values()) session.isLocked = false
    for (const device of this.devices) Object.assign(device, { isOnline: true, isDiskFull: false })
    await this.settled()
    await this.checkPages()
    for (const device of this.devices) {
      for (const page of device.alive) page.end()
      // What one person's page finds undone may be for another.
      for (let turn = 0; turn < 2; turn += 1) {
        for (const personId of (await this.stored(device)).people) await this.work(device, personId)
      }
    }
    for (const device of this.devices) await this.check(device)
    for (const id of this.site.decided.keys()) if (!this.made.has(id)) this.fault(`${id} was decided and nobody made it`)
    this.checkLetIn()
  }

  private async settled(): Promise<void> {
    await this.clock.pass(HEAL_MS)
    for (const device of this.devices) for (const page of device.alive) page.mayBeBack()
    await this.clock.pass(WORK_MS)
  }

  /** No page goes on showing as waiting what has its answer. A gate also shows what waits for other pages. */
  private async checkPages(): Promise<void> {
    for (const device of this.devices) {
      const here = this.site.sessions.get(device.cookie)?.personId ?? 0
      const left = (await this.stored(device)).counts.get(here) ?? 0
      for (const page of device.alive) {
        if (page.personId !== here || page.waits === (page.kind === 'gate' ? left : 0)) continue
        this.fault(`${page.name} still shows ${page.waits} as waiting`)
      }
    }
  }

  /** The person comes back to the device, and has what waits there sent. */
  private async work(device: Device, personId: number): Promise<void> {
    device.cookie = this.site.signIn(personId)
    await this.opening(device.open('bags'))
    await this.opening(device.open('gate'))
    await this.clock.pass(WORK_MS)
    for (const page of device.alive) page.end()
    await this.clock.pass(0)
  }

  private async check(device: Device): Promise<void> {
    const { counts, attention } = await this.stored(device)
    if (counts.size > 0) this.fault(`${device.name} still keeps ${JSON.stringify([...counts])}`)
    const shown = new Set(attention.map(({ id }) => id))
    const scans = [...this.made.values()].filter((made) => made.device === device)
    for (const made of scans) this.checkScan(made, shown)
    if (device.hasLocks) for (const personId of PEOPLE) this.checkOrder(scans.filter(({ item }) => item.personId === personId))
  }

  /** What the device's disk holds. */
  private async stored({ name }: Device): Promise<Stored> {
    const found: Stored[] = []
    const read = async () => {
      const store = await openStore(name)
      const counts = await store.countsByPerson()
      const attention = await Promise.all(PEOPLE.map((id) => store.attention(id)))
      const letIn = (await store.loadFact<Record<string, { item: NewItem }>>('gate-let-in')) ?? {}
      const people = new Set([...counts.keys(), ...Object.values(letIn).map(({ item }) => item.personId)])
      found.push({ counts, people, attention: attention.flat() })
    }
    void read()
    await this.clock.pass(0)
    if (!found[0]) throw new Error('the store did not answer')
    return found[0]
  }

  /** What was kept is decided once, for its person, or somebody is told why not; a refusal is told, too. */
  private checkScan({ item, seq }: Made, shown: Set<string>): void {
    const decided = this.site.decided.get(item.id)
    const isTold = shown.has(item.id) || this.dismissed.has(item.id)
    if (!decided) {
      if (seq !== undefined && !isTold) this.fault(`${item.id} was kept and is gone`)
      return
    }
    if (decided.personId !== item.personId) this.fault(`${item.id} of ${item.personId} was decided for ${decided.personId}`)
    const channel = channelOf(item)
    const { outcome } = decided.result
    const mustTell = channel?.isRefused(outcome) && !channel.isRepeat?.(outcome)
    if (seq !== undefined && mustTell && !isTold) this.fault(`${item.id} was refused (${outcome}) and nobody is told`)
  }

  /** The server decides in the order of the queue, for each kind of page by itself. */
  private checkOrder(scans: Made[]): void {
    const orderOf = ({ item }: Made) => this.site.decided.get(item.id)?.order ?? -1
    for (const isGate of [false, true]) {
      const ours = scans.filter(({ item, seq }) => seq !== undefined && (item.channel === 'gate') === isGate && this.site.decided.has(item.id))
      const orders = ours.sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0)).map(orderOf)
      const at = orders.findIndex((order, index) => index > 0 && order < (orders[index - 1] ?? 0))
      if (at > 0) this.fault(`${ours[at]?.item.id} overtook ${ours[at - 1]?.item.id}`)
    }
  }

  /** The server knows of everybody whom a gate let in, by that scan or by a later word of it. */
  private checkLetIn(): void {
    const told = [...this.site.decided.values()]
    for (const [id, page] of this.letIn) {
      const item = this.made.get(id)?.item as GateItem | undefined
      if (!item) continue
      const isKnown = (decided: (typeof told)[number]) =>
        decided.scan.id === id
          ? decided.result.outcome === 'admitted' || decided.scan.offline !== undefined
          : decided.scan.offline?.at === item.at && (this.made.get(decided.scan.id)?.item as GateItem | undefined)?.device === item.device
      const words = told.filter(isKnown).length
      if (words === 0) this.fault(`${page.name} let ${item.pass} in by ${id}, and the server does not know`)
      if (words > 1) this.fault(`${page.name} let ${item.pass} in by ${id}, and the server was told ${words} times`)
    }
  }
}

/** Runs a seed to its end. */
export async function simulate(seed: number, steps = 40): Promise<Outcome> {
  const world = new World(seed)
  return surrounded(world.clock, world.dice, () => world.run(steps))
}
