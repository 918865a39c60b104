// What a gate does with a scan: decides by itself what it can, saves it, has it sent, and shows the server's answer.
//
// Invariants: a scan is in the store before it is sent and leaves it only with its answer; an entry that this device allowed
// without the server is told to the server as such, also if the server's refusal comes late; nothing is sent for anybody but
// who is signed in.
import { Channels } from '../../engine/channel'
import { bodyOf, call, count, isJson, text } from '../../engine/http'
import type { Answer } from '../../engine/items'
import { newScanId } from '../../engine/scan-id'
import { send } from '../../engine/send'
import { Sender, type Link, type Person as Sends } from '../../engine/sender'
import type { Sound } from '../../engine/state'
import { QUEUE_ITEMS_MAX, type Store } from '../../engine/store'
import { CHANNEL } from './channel'
import { looksLikeCode, mended, readCode, type PublicKey } from './code'
import { after, decide, type GateEvent, type Local } from './decide'
import type { GateItem, GateResult } from './items'
import { Knowledge } from './knowledge'
import { isOffline, type FoundGuest, type Person, type State } from './state'
import { ofLocal, ofResult, soundOf, waiting, type Verdict } from './verdict'

/** A good network answers within a tenth of this; whoever stands at the gate waits no longer. */
const ANSWER_WAIT_MS = 1_200
const INFO_EVERY_MS = 15_000
const TEXT_CHARS_MIN = 3

export interface Screen {
  render(state: State): void
  makeSound(sound: Sound): void
}

export interface Deps {
  store: Store
  tabs: BroadcastChannel | null
  screen: Screen
  eventId: number
  withLock(work: () => Promise<void>): Promise<void>
  speak(locale: string): void
}

type Shown = { code: string } | { pass: string }

/**
 * Entries that were allowed here while the server had not answered, by scan. If it refuses the scan, it is told of the entry by
 * `again`, whose id is made once: two pages that tell it tell it once.
 */
type LetIn = Record<string, { item: GateItem; again: GateItem }>

const LET_IN = 'gate-let-in'

export class GateKeeper {
  private readonly knowledge: Knowledge
  private readonly sender: Sender
  private infoAtMs = 0
  /** Scans that were sent and have no answer yet. */
  private readonly asked = new Set<string>()
  /** Entries that are noted and were not shown: nobody was let in by them. */
  private readonly unshown = new Set<string>()

  constructor(
    private readonly deps: Deps,
    private state: State,
  ) {
    this.knowledge = new Knowledge(deps.store, deps.eventId)
    this.sender = new Sender({
      store: deps.store,
      channels: new Channels([CHANNEL]),
      post: send,
      whoAmI: () => this.whoAmI(),
      onAnswers: (answers) => void this.onAnswers(answers as unknown as Answer[]),
      onLink: (link) => this.onLink(link),
      withLock: deps.withLock,
      setTimer: (work, delayMs) => setTimeout(work, delayMs),
      clearTimer: (timer) => clearTimeout(timer as number),
    })
    deps.tabs?.addEventListener('message', ({ data }) => void this.hear(data))
  }

  async start(): Promise<void> {
    await this.knowledge.restore()
    const person = await this.deps.store.loadFact<Person>('gate-person')
    this.put({ lasting: this.deps.store.lasting, ...this.listFacts(), ...(person ? { person } : {}) })
    await this.recount()
    this.sender.kick()
    await this.look()
    setInterval(() => void this.look(), INFO_EVERY_MS)
  }

  wentOffline(): void {
    this.put({ link: 'offline' })
    this.sender.forgetPerson()
  }

  mayBeBack(): void {
    this.sender.forgetPerson()
    this.sender.retryNow()
    void this.look()
  }

  set(change: Partial<Pick<State, 'direction' | 'oneByOne' | 'camera' | 'gate' | 'asksReason' | 'found' | 'verdict' | 'hasNewConflict'>>): void {
    this.put(change)
  }

  /** What a scanner, a camera or a person gave. */
  onText(raw: string): void {
    const given = mended(raw)
    if (given === '') return
    if (looksLikeCode(given)) void this.scan({ code: given })
    else void this.search(given)
  }

  async scan(shown: Shown): Promise<void> {
    const { person, direction, oneByOne, event, waiting: kept } = this.state
    const id = newScanId()
    const at = new Date().toISOString()
    this.put({ found: null, asksReason: false })
    if (!person) return this.refuseHere(id, 'no_list')
    if (kept >= QUEUE_ITEMS_MAX) return this.refuseHere(id, 'not_kept')
    const people = oneByOne && event?.one_by_one ? 1 : undefined
    if (!isOffline(this.state)) this.show(waiting(id))
    const local = await this.judge(shown, { action: direction, now: Date.parse(at), ...(people ? { people } : {}) })
    const item = { ...this.newItem(id, at, direction), ...shown, ...(people ? { people } : {}) }
    if (!isOffline(this.state)) return this.ask(item, local)
    if (local.outcome !== 'admitted' && local.outcome !== 'left') return this.showLocal(id, local)
    const offline = local.outcome === 'admitted' ? { offline: { at, snapshot_at: this.knowledge.takenAt } } : {}
    if (!(await this.keep({ ...item, ...offline }))) return this.refuseHere(id, 'not_kept')
    this.count(local, at)
    this.showLocal(id, local)
  }

  /** Undoes the entry on the screen. */
  async undo(reason: string): Promise<void> {
    const { verdict, person } = this.state
    if (!verdict?.entered || !person) return
    const id = newScanId()
    const { entered: pass, scanId, people = 1 } = verdict
    this.put({ asksReason: false })
    this.show(waiting(id))
    const item: GateItem = { ...this.newItem(id, new Date().toISOString(), 'undo'), pass, reason, of: scanId }
    if (!(await this.keep(item))) return this.refuseHere(id, 'not_kept')
    if (!isOffline(this.state)) return
    const { admitted, inside } = this.knowledge.now(pass)
    this.knowledge.set(pass, { admitted: Math.max(0, admitted - people), inside: Math.max(0, inside - people) })
    this.put({ inside: Math.max(0, this.state.inside - people) })
    this.show({ ...ofLocal(id, { outcome: 'entry_undone', pass }, Date.now()) })
  }

  async search(typed: string): Promise<void> {
    const found = (note: 'short' | 'offline' | 'none' | '', guests: FoundGuest[] = []) =>
      this.put({ verdict: null, found: { text: typed, guests, note } })
    if ([...typed].length < TEXT_CHARS_MIN) return found('short')
    const response = await call(`/api/v1/gate/events/${this.deps.eventId}/guests?q=${encodeURIComponent(typed)}`)
    const body = response?.ok ? await bodyOf(response) : null
    if (!body || !Array.isArray(body.passes)) return found('offline')
    const guests = body.passes.filter(isJson) as unknown as FoundGuest[]
    found(guests.length > 0 ? '' : 'none', guests)
  }

  // Inside.

  private newItem(id: string, at: string, action: GateItem['action']): GateItem {
    const { person, gate, device } = this.state
    const station = gate === '' ? {} : { station: gate }
    return { id, at, personId: person?.id ?? 0, channel: CHANNEL.name, action, event: this.deps.eventId, device, ...station }
  }

  private async judge(shown: Shown, asked: { action: 'admit' | 'leave'; people?: number; now: number }): Promise<Local> {
    if (!this.knowledge.hasList) return { outcome: 'no_list' }
    if ('code' in shown) return decide(await readCode(shown.code, this.knowledge.keys), this.knowledge, asked)
    // Found by name: its guest is known, so it needs no code.
    const listed = this.knowledge.find(shown.pass)
    if (!listed) return { outcome: 'not_listed' }
    const people = listed.people
    return decide({ kind: 'compact', pass: listed.id, event: this.deps.eventId, people, madeMinute: listed.since ?? 0, untilMinute: 0 }, this.knowledge, asked)
  }

  /** Sends a scan, and shows what this device thinks of it if the answer takes too long. */
  private async ask(item: GateItem, local: Local): Promise<void> {
    this.asked.add(item.id)
    if (!(await this.keep(item))) {
      this.asked.delete(item.id)
      return this.refuseHere(item.id, 'not_kept')
    }
    setTimeout(() => void this.answerIsLate(item, local), ANSWER_WAIT_MS)
  }

  private async answerIsLate(item: GateItem, local: Local): Promise<void> {
    const isAwaited = () => this.asked.has(item.id) && this.state.verdict?.scanId === item.id && this.state.verdict.tone === 'wait'
    if (!isAwaited()) return
    if (local.outcome === 'admitted') {
      const again = { ...item, id: newScanId(), offline: { at: item.at, snapshot_at: this.knowledge.takenAt } }
      // Noted before it is shown: a page that is closed in between forgets nobody whom it let in.
      this.unshown.add(item.id)
      const isNoted = await this.noteLetIn((all) => ({ ...all, [item.id]: { item, again } }))
      if (!isAwaited()) return void this.noteLetIn(({ [item.id]: _, ...rest }) => rest)
      if (!isNoted) return this.refuseHere(item.id, 'not_kept')
      this.unshown.delete(item.id)
      this.count(local, item.at)
    }
    this.showLocal(item.id, local)
  }

  /** False if the device is full. */
  private async noteLetIn(change: (all: LetIn) => LetIn): Promise<boolean> {
    try {
      await this.deps.store.changeFact<LetIn>(LET_IN, (all) => change(all ?? {}))
      return true
    } catch {
      return false
    }
  }

  private async letIn(): Promise<LetIn> {
    return (await this.deps.store.loadFact<LetIn>(LET_IN)) ?? {}
  }

  /** A page may end, or its disk be full, between an answer and what follows from it: such a scan is sent once more. */
  private async resumeLetIn(): Promise<void> {
    const { store } = this.deps
    for (const { item } of Object.values(await this.letIn())) {
      if (!item || this.unshown.has(item.id)) continue
      const waiting = await store.head(item.personId, QUEUE_ITEMS_MAX)
      if (!waiting.some(({ id }) => id === item.id)) await this.keep(item)
    }
  }

  private async keep(item: GateItem): Promise<boolean> {
    const { person } = this.state
    try {
      await this.deps.store.keep(item, person, isOffline(this.state), 'gate-person')
    } catch {
      return false
    }
    this.put({ waiting: this.state.waiting + 1 })
    this.sender.kick()
    return true
  }

  /** Counts an entry or exit that this device allowed by itself. */
  private count(local: Local, at: string): void {
    if (!local.pass) return
    const before = this.knowledge.now(local.pass)
    const now = after(local, before, at)
    this.knowledge.set(local.pass, now)
    this.put({ inside: this.state.inside + now.inside - before.inside })
  }

  private refuseHere(id: string, outcome: string): void {
    this.showLocal(id, { outcome })
  }

  private showLocal(id: string, local: Local): void {
    const verdict = ofLocal(id, local, Date.now())
    this.show(verdict, local.just_now)
    this.tally(verdict)
  }

  private tally({ tone, outcome }: Verdict): void {
    if (tone === 'yes' && outcome === 'admitted') this.put({ yes: this.state.yes + 1 })
    else if (tone === 'no' || outcome === 'already_admitted') this.put({ no: this.state.no + 1 })
  }

  private show(verdict: Verdict, isJustNow = false): void {
    this.put({ verdict })
    if (verdict.tone !== 'wait') this.deps.screen.makeSound(soundOf(verdict, isJustNow))
  }

  private async onAnswers(answers: Answer[]): Promise<void> {
    this.deps.tabs?.postMessage({ answers })
    await this.takeAnswers(answers)
    await this.recount()
  }

  /** Another page of this device had answers, perhaps to scans of this one. */
  private async hear(data: unknown): Promise<void> {
    if (isJson(data) && Array.isArray(data.answers)) await this.takeAnswers(data.answers as Answer[])
    await this.recount()
  }

  private async takeAnswers(answers: Answer[]): Promise<void> {
    // At once: whatever waits to be shown sees that it has its answer.
    for (const { item } of answers) this.asked.delete(item.id)
    const letIn = await this.letIn()
    for (const answer of answers) {
      const result = answer.result as GateResult
      const item = answer.item as unknown as GateItem
      const late = this.unshown.has(item.id) ? undefined : letIn[item.id]
      if (late) await this.settleLate(item, result, late)
      if (result.conflict) this.put({ hasNewConflict: true, conflicts: this.state.conflicts + 1 })
      this.learn(item, result, late !== undefined)
    }
  }

  /** People were let in here before the server refused them: it is told so, and somebody has to look at it. */
  private async settleLate({ id }: GateItem, { outcome }: GateResult, { again }: LetIn[string]): Promise<void> {
    // Told first and then forgotten: a page that is closed in between tells it twice, by the same id.
    const isTold = outcome === 'admitted' || !again || (await this.keep(again))
    if (isTold) await this.noteLetIn(({ [id]: _, ...rest }) => rest)
  }

  /** Takes in what the server says: for the screen, if the scan is on it, and for later scans without a network. */
  private learn(item: GateItem, result: GateResult, wasLate: boolean): void {
    const wasCounted = item.offline !== undefined || wasLate
    const change = result.outcome === 'admitted' ? (result.people ?? 0) : result.outcome === 'left' ? -(result.people ?? 0) : 0
    if (result.pass && result.inside !== undefined && item.event === this.deps.eventId) {
      const before = this.knowledge.now(result.pass)
      const admitted = result.outcome === 'entry_undone' ? Math.max(0, before.admitted - (result.people ?? 0)) : Math.max(before.admitted, result.inside)
      const at = result.outcome === 'admitted' ? { enteredAt: item.at } : {}
      this.knowledge.set(result.pass, { ...before, admitted, inside: result.inside, ...at })
    }
    if (!wasCounted) this.put({ inside: this.state.inside + change })
    if (result.outcome === 'entry_undone') this.put({ inside: this.state.inside - (result.people ?? 0) })
    const { verdict } = this.state
    if (verdict?.scanId !== item.id) return
    const told = ofResult(result, Date.now())
    if (verdict.tone === 'wait') {
      this.show(told, result.just_now)
      this.tally(told)
    } else if (verdict.outcome === told.outcome) this.put({ verdict: told })
    else this.show(told)
  }

  private async recount(): Promise<void> {
    const { store } = this.deps
    const counts = await store.countsByPerson()
    const own = this.state.person?.id ?? -1
    const names = (await store.loadFact<Record<number, string>>('names')) ?? {}
    const others = [...counts].filter(([id]) => id !== own).map(([id, n]) => ({ name: names[id] ?? '', n }))
    this.put({ waiting: counts.get(own) ?? 0, others })
  }

  private onLink(link: Link): void {
    if (link !== this.state.link) this.put({ link })
  }

  /** Looks how the event is now, and fetches the list again when it is old. */
  private async look(): Promise<void> {
    if (document.visibilityState === 'hidden') return
    await this.resumeLetIn()
    // Pages of other wings send what waits for them, and do not tell it here.
    await this.recount()
    if (Date.now() - this.infoAtMs > INFO_EVERY_MS / 2) await this.whoAmI()
    if (this.state.session !== 'in' || !this.knowledge.isStale(Date.now())) return
    if (await this.knowledge.refresh(() => this.passesThatWait())) this.put(this.listFacts())
  }

  private async passesThatWait(): Promise<Set<string>> {
    const { person } = this.state
    if (!person) return new Set()
    const items = (await this.deps.store.head(person.id, QUEUE_ITEMS_MAX)) as unknown as GateItem[]
    const passes = new Set<string>()
    for (const { code, pass } of items) {
      if (pass) passes.add(pass)
      const read = code ? await readCode(code, this.knowledge.keys) : null
      if (read && 'pass' in read) passes.add(read.pass)
    }
    return passes
  }

  private listFacts(): Pick<State, 'takenAt' | 'listSize' | 'event'> {
    const event = this.knowledge.hasList || this.state.event ? this.knowledge.event : null
    return { takenAt: this.knowledge.takenAt, listSize: this.knowledge.size, event }
  }

  private async whoAmI(): Promise<Sends | 'signed_out' | 'offline'> {
    const response = await call(`/api/v1/gate/events/${this.deps.eventId}`)
    this.infoAtMs = Date.now()
    if (response?.status === 401) {
      const isLocked = text((await bodyOf(response))?.code) === 'session_locked'
      this.put({ session: isLocked ? 'locked' : 'out' })
      return 'signed_out'
    }
    if (response?.status === 403 || response?.status === 404) {
      this.put({ session: 'not_yours' })
      return 'signed_out'
    }
    const body = response?.ok ? await bodyOf(response) : null
    if (!body || typeof body.id !== 'number' || !isJson(body.event)) {
      this.put({ link: 'offline' })
      return 'offline'
    }
    const person = { id: body.id, name: text(body.name), canUndo: body.can_undo === true }
    this.knowledge.learn(body.event as unknown as GateEvent, Array.isArray(body.keys) ? (body.keys as PublicKey[]) : [])
    const isNew = this.state.person?.id !== person.id
    this.put({ person, session: 'in', link: 'ok', event: this.knowledge.event, inside: count(body.inside, 0), conflicts: count(body.conflicts, 0) })
    this.deps.speak(text(body.locale, 'en'))
    if (isNew) await this.remember(person)
    return { id: person.id, rights: { can_redeem: true }, csrf: text(body.csrf) }
  }

  private async remember(person: Person): Promise<void> {
    const { store } = this.deps
    const names = (await store.loadFact<Record<number, string>>('names')) ?? {}
    await store.saveFact('names', { ...names, [person.id]: person.name }).catch(() => undefined)
    await store.saveFact('gate-person', person).catch(() => undefined)
    await this.recount()
  }

  private put(change: Partial<State>): void {
    this.state = { ...this.state, ...change }
    this.deps.screen.render(this.state)
  }
}
