// What every station does with a scan, whatever it means: save it in the store, show it at once, have it
// sent, bring the answer back into the state, and always be the page of the right person.
//
// Invariants: what a person sees as saved is on its way into the store before the next key press is
// handled; every item carries its person; nothing is sent for anybody but the person who is signed in
// according to the server.
import { Channels, type Channel } from './channel'
import { readCode } from './code'
import type { Json } from './http'
import type { Answer, Attention, Kind } from './items'
import { fetchMe, may, storedMe, type MeReply } from './me'
import { loadWords, locale } from './phrases'
import { newScanId } from './scan-id'
import { send } from './send'
import { Sender, type Person } from './sender'
import { isOffline, type Common, type KeeperEvent, type Sound } from './state'
import { QUEUE_ITEMS_MAX, attentionFor, headOf, viewFactName, type Store } from './store'
import type { Source } from './wedge'

const WHO_WAIT_MS = 2_000
const LATE_ANSWER_MS = 1_000
const CODE_CHARS_MIN = 4
const CODE_CHARS_MAX = 100
const FORBIDDEN = /[<>"'&%;]|--|\/\*|\*\/|[^\x20-\x7e]/

export interface Screen<S> {
  render(state: S): void
  makeSound(sound: Sound): void
}

/** The server has said who is signed in; `body` is its whole response. */
export interface Arrival<K extends Kind> {
  me: K['me']
  body: Json
  /** True if the page did not know this person before. */
  isNew: boolean
}

/** What distinguishes one kind of station from the others. */
export interface Station<S> {
  /** The state that the page begins with. */
  first: S
  /** The name under which the page saves what it shows. */
  page: string
  channels: readonly Channel[]
}

/** What a station asks for: an action on one of its channels. */
export type Asked<K extends Kind> = Pick<K['item'], 'action'> & { channel: string } & Partial<K['item']>

export interface Surroundings {
  store: Store
  /** The station's name, which may be given or changed while the page is open. */
  readonly station: string
  phrasesAddress: string
  /** Reaches the other tabs of this device. */
  tabs: BroadcastChannel | null
  /** True if the sign-in page was shown on this device since the last person was here. */
  wasSignInShown(): boolean
  /** Called when the server has said who is here. */
  personArrived(): void
}

/** Rules out only what no label of ours can contain; every other rule is the server's. */
export function isPlausible(code: string): boolean {
  return code.length >= CODE_CHARS_MIN && code.length <= CODE_CHARS_MAX && !FORBIDDEN.test(code)
}

function withLock(work: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return work()
  return navigator.locks.request('tallyhouse-queue', work)
}

export abstract class Keeper<K extends Kind, S extends Common<K>, Own> {
  protected lastActivityMs = Date.now()
  private ready = false
  private early: { code: string; source: Source }[] = []
  /** Ids of scans that are on their way into the store. */
  private readonly keeping = new Set<string>()
  private isSaving = false
  private mustSaveAgain = false
  protected state: S
  private readonly page: string
  private readonly channels: Channels
  private readonly sender: Sender

  constructor(
    protected readonly around: Surroundings,
    private readonly screen: Screen<S>,
    station: Station<S>,
  ) {
    this.state = station.first
    this.page = station.page
    this.channels = new Channels(station.channels)
    this.sender = new Sender({
      store: around.store,
      channels: this.channels,
      post: send,
      whoAmI: () => this.whoAmI(),
      onAnswers: (answers) => this.onAnswers(answers as Answer<K>[]),
      onLink: (link) => link !== this.state.link && this.dispatch({ type: 'link', link }),
      withLock,
      setTimer: (work, delayMs) => setTimeout(work, delayMs),
      clearTimer: (timer) => clearTimeout(timer as number),
    })
    around.tabs?.addEventListener('message', ({ data }) => void this.onOtherTab(data))
  }

  protected abstract reduce(state: S, event: KeeperEvent<K> | Own): S
  /** The part of the state that survives a reload. */
  protected abstract saved(): unknown
  protected abstract scan(code: string, source: Source): void
  /** The person with what the wing reads from the server's response. */
  protected abstract readMe(reply: Exclude<MeReply, string>): K['me']
  /** What was saved for this person is back; the server may not have answered yet. */
  protected abstract entered(me: K['me']): void
  protected abstract arrived(arrival: Arrival<K>): void
  /** The entries that no longer need attention after these answers. */
  protected abstract settledBy(answers: Answer<K>[]): Attention<K>[]
  /** Called after each change of the state; saves the view if the station considers that worthwhile. */
  protected abstract changed(before: S, event: KeeperEvent<K> | Own): void

  async start(): Promise<void> {
    if (!this.around.store.lasting) this.dispatch({ type: 'not_lasting' })
    // After a sign-out somebody else may be here: nobody is assumed, and codes wait until the server says who it is.
    const known = this.around.wasSignInShown() ? undefined : storedMe<K['me']>(await this.around.store.loadFact('me'))
    if (known) await this.enter(known)
    const asked = new Promise<void>((resolve) => {
      this.onFirstWho = resolve
      if (known) setTimeout(resolve, WHO_WAIT_MS)
    })
    this.sender.kick()
    await asked
    this.ready = true
    for (const { code, source } of this.early.splice(0)) this.onCode(code, source)
  }

  private onFirstWho: () => void = () => undefined

  // What the person does.

  onCode(text: string, source: Source): void {
    const code = readCode(text)
    if (!this.ready) {
      this.early.push({ code, source })
      return
    }
    this.lastActivityMs = Date.now()
    this.scan(code, source)
  }

  dismiss({ id }: Attention<K>): void {
    this.dispatch({ type: 'attention', attention: this.state.attention.filter((entry) => entry.id !== id) })
    this.forget([id])
  }

  dismissAll(): void {
    const ids = this.state.attention.map(({ id }) => id)
    this.dispatch({ type: 'attention', attention: [] })
    this.forget(ids)
  }

  openAttention(open: boolean): void {
    this.dispatch({ type: 'attention_opened', open })
  }

  // What happens around it.

  wentOffline(): void {
    this.dispatch({ type: 'link', link: 'offline' })
    this.sender.forgetPerson()
    this.sender.kick()
  }

  mayBeBack(): void {
    this.sender.forgetPerson()
    this.sender.retryNow()
  }

  checkIdle(): void {}

  // Inside.

  /** The refusals that every station makes without the server, so that they are heard offline too. */
  protected commonRefusal(right: string): string {
    const { me, waiting } = this.state
    if (!me) return 'not_signed_in'
    if (!may(me, right)) return 'no_right'
    return waiting.length >= QUEUE_ITEMS_MAX ? 'queue_full' : ''
  }

  protected refuse(action: K['item']['action'], code: string, outcome: string): void {
    this.dispatch({ type: 'refused_here', id: newScanId(), at: new Date().toISOString(), action, code, outcome })
  }

  protected take(what: Asked<K>, source: Source = 'hand'): void {
    const { me } = this.state
    if (!me) return
    this.lastActivityMs = Date.now()
    const { station } = this.around
    const item = {
      ...what,
      id: newScanId(),
      at: new Date().toISOString(),
      personId: me.id,
      ...(station === '' ? {} : { station }),
    } as K['item']
    this.dispatch({ type: 'scanned', item, fromScanner: source === 'scanner' })
    void this.keep(item)
  }

  private async keep(item: K['item']): Promise<void> {
    setTimeout(() => this.dispatch({ type: 'answer_is_late', id: item.id }), LATE_ANSWER_MS)
    const viewName = viewFactName(item.personId, this.page)
    this.keeping.add(item.id)
    try {
      // Offline this write is the only copy, so it waits for the disk.
      await this.around.store.keep(item, this.saved(), isOffline(this.state), viewName)
    } catch {
      return this.dispatch({ type: 'not_kept', id: item.id })
    } finally {
      this.keeping.delete(item.id)
    }
    this.sender.kick()
  }

  protected dispatch(event: KeeperEvent<K> | Own): void {
    const before = this.state
    this.state = this.reduce(before, event)
    if (this.state === before) return
    this.screen.render(this.state)
    const { sound, cue } = this.state
    if (cue !== before.cue && sound !== '') this.screen.makeSound(sound)
    this.changed(before, event)
  }

  /** Saves what the page shows at once, because it may be reloaded at any moment. Never two writes at a time. */
  protected async save(): Promise<void> {
    this.mustSaveAgain = true
    if (this.isSaving) return
    this.isSaving = true
    while (this.mustSaveAgain && this.state.me) {
      this.mustSaveAgain = false
      // Without it a reload is only less comfortable; the queue is written separately.
      await this.around.store.saveFact(viewFactName(this.state.me.id, this.page), this.saved()).catch(() => undefined)
    }
    this.isSaving = false
  }

  private async whoAmI(): Promise<Person | 'signed_out' | 'offline'> {
    const reply = await fetchMe()
    if (reply === 'signed_out' || reply === 'locked') this.dispatch({ type: 'signed_out', locked: reply === 'locked' })
    else if (reply !== 'offline') await this.becomes(reply)
    this.onFirstWho()
    // Behind a locked screen nothing is sent: what is scanned waits for the person whose screen it is.
    if (reply === 'locked') return 'signed_out'
    if (reply === 'signed_out' || reply === 'offline') return reply
    const { id, rights } = reply.me
    return { id, rights, csrf: reply.csrf }
  }

  private async becomes(reply: Exclude<MeReply, string>): Promise<void> {
    const { store } = this.around
    const me = this.readMe(reply)
    const isNew = this.state.me?.id !== me.id
    if (isNew) await this.enter(me)
    else await this.dropAnswered(me.id)
    this.arrived({ me, body: reply.body, isNew })
    const names = (await store.loadFact<Record<number, string>>('names')) ?? {}
    await store.saveFact('names', { ...names, [me.id]: me.name }).catch(() => undefined)
    await store.saveFact('me', me).catch(() => undefined)
    this.around.personArrived()
    await this.countOthers(me.id)
    void this.speak(me.locale)
  }

  /** Continues where this person left off on this device. */
  private async enter(me: K['me']): Promise<void> {
    const { store } = this.around
    const { isKnown } = this.channels
    const [saved, waiting, attention] = await Promise.all([
      store.loadFact<unknown>(viewFactName(me.id, this.page)),
      headOf<K>(store, me.id, QUEUE_ITEMS_MAX, isKnown),
      attentionFor<K>(store, me.id, isKnown),
    ])
    this.dispatch({ type: 'restored', saved, waiting, attention })
    this.entered(me)
    await this.countOthers(me.id)
    void this.speak(me.locale)
  }

  /** Another page may have had an answer and ended before it could tell: what the store no longer has was answered. */
  private async dropAnswered(personId: number): Promise<void> {
    const { store } = this.around
    const { isKnown } = this.channels
    const shown = this.state.waiting.filter(({ id }) => !this.keeping.has(id))
    if (shown.length === 0) return
    const kept = new Set((await headOf<K>(store, personId, QUEUE_ITEMS_MAX, isKnown)).map(({ id }) => id))
    const ids = new Set(shown.map(({ id }) => id).filter((id) => !kept.has(id)))
    if (ids.size === 0) return
    const refused = (await attentionFor<K>(store, personId, isKnown)).filter(({ id }) => ids.has(id))
    this.dispatch({ type: 'answered_unseen', ids, refused })
  }

  private async countOthers(ownId: number): Promise<void> {
    const { store } = this.around
    const names = (await store.loadFact<Record<number, string>>('names')) ?? {}
    const counts = await store.countsByPerson()
    counts.delete(ownId)
    const others = [...counts].map(([id, count]) => ({ name: names[id] ?? '', count }))
    this.dispatch({ type: 'others', others })
  }

  private async speak(name: string): Promise<void> {
    if (name === locale()) return
    if (await loadWords(this.around.phrasesAddress, name)) this.screen.render(this.state)
  }

  private forget(ids: string[]): void {
    void this.around.store.dismiss(ids).then(() => this.around.tabs?.postMessage('attention'))
  }

  private onAnswers(answers: Answer<K>[]): void {
    const settled = this.settledBy(answers)
    this.dispatch({ type: 'answered', answers })
    this.around.tabs?.postMessage({ answers })
    if (settled.length > 0) this.forget(settled.map(({ id }) => id))
  }

  private async onOtherTab(data: unknown): Promise<void> {
    const { me } = this.state
    if (typeof data === 'object' && data !== null && 'answers' in data) {
      const answers = (data.answers as Answer<K>[]).filter(({ item }) => this.channels.isKnown(item))
      this.dispatch({ type: 'answered', answers })
    }
    if (me) {
      const attention = await attentionFor<K>(this.around.store, me.id, this.channels.isKnown)
      this.dispatch({ type: 'attention', attention })
    }
  }
}
