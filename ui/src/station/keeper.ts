// What every station does with a scan, whatever it means: keep it in the store, show it at once, have
// it sent, bring the answer back into the state, and be the right person's page all the while.
//
// Invariants: what a person sees as kept is on its way into the store before the next press is looked
// at; every item carries its person; nothing is sent for anybody but the person whom the server says
// is signed in.
import { Sender, type Person } from '../queue/sender'
import { QUEUE_ITEMS_MAX, viewFactName, type Store } from '../queue/store'
import type { Answer, Attention, NewItem } from '../queue/types'
import { newScanId } from '../queue/uuid'
import { fetchMe, postScans, type MeReply } from './api'
import { isOffLine, type Common, type KeeperEvent, type Me, type Sound } from './common'
import { loadWords, locale } from './phrases'
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

/** Somebody is signed in, the server says. */
export type Arrival = Exclude<MeReply, string>

export interface Surroundings {
  store: Store
  station: string
  phrasesAddress: string
  channel: BroadcastChannel | null
  /** True where the sign-in page was shown since the last person was here. */
  isLeft(): boolean
  /** Somebody is here. */
  taken(): void
}

/** Only what no scanner label of ours can be; every other rule is the server's. */
export function isPlausible(code: string): boolean {
  return code.length >= CODE_CHARS_MIN && code.length <= CODE_CHARS_MAX && !FORBIDDEN.test(code)
}

function withLock(work: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return work()
  return navigator.locks.request('tallyhouse-queue', work)
}

export abstract class Keeper<S extends Common, Own> {
  protected lastActivityMs = Date.now()
  private ready = false
  private early: { code: string; source: Source }[] = []
  private isSaving = false
  private isSavedOld = false
  private readonly sender: Sender

  /** `page` names the fact under which the page keeps what it shows. */
  constructor(
    protected readonly around: Surroundings,
    private readonly screen: Screen<S>,
    protected state: S,
    private readonly page: string,
  ) {
    this.sender = new Sender({
      store: around.store,
      post: postScans,
      whoAmI: () => this.whoAmI(),
      onAnswers: (answers) => this.onAnswers(answers),
      onLink: (link) => link !== this.state.link && this.dispatch({ type: 'link', link }),
      withLock,
      setTimer: (work, delayMs) => setTimeout(work, delayMs),
      clearTimer: (timer) => clearTimeout(timer as number),
    })
    around.channel?.addEventListener('message', ({ data }) => void this.onOtherTab(data))
  }

  protected abstract reduce(state: S, event: KeeperEvent | Own): S
  /** The part of the state that survives a reload. */
  protected abstract saved(): unknown
  protected abstract scan(code: string, source: Source): void
  /** The server has said who is signed in; `isNew` when that was not known before. */
  protected abstract arrived(reply: Arrival, isNew: boolean): void
  /** The entries that need no attention any more after these answers. */
  protected abstract settledBy(answers: Answer[]): Attention[]
  /** Called after each change of the state; saves the view where the page thinks it is worth it. */
  protected abstract changed(before: S, event: KeeperEvent | Own): void

  async start(): Promise<void> {
    if (!this.around.store.lasting) this.dispatch({ type: 'not_lasting' })
    // After a sign-out somebody else may stand here: nobody is assumed, and codes wait for the server's word.
    const known = this.around.isLeft() ? undefined : await this.around.store.loadFact<Me>('me')
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
    const code = text.toUpperCase()
    if (!this.ready) {
      this.early.push({ code, source })
      return
    }
    this.lastActivityMs = Date.now()
    this.scan(code, source)
  }

  dismiss({ id }: Attention): void {
    this.dispatch({ type: 'attention', attention: this.state.attention.filter((entry) => entry.id !== id) })
    this.forget([id])
  }

  openAttention(open: boolean): void {
    this.dispatch({ type: 'attention_opened', open })
  }

  // What the world does.

  wentOffLine(): void {
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

  /** The refusals of every station that need no server, so that they are heard off line too. */
  protected refusalOfAll(may = this.state.me?.canScan): string {
    const { me, waiting } = this.state
    if (!me) return 'not_signed_in'
    if (!may) return 'no_right'
    return waiting.length >= QUEUE_ITEMS_MAX ? 'queue_full' : ''
  }

  protected refuse(action: NewItem['action'], code: string, outcome: string): void {
    this.dispatch({ type: 'refused_here', id: newScanId(), at: new Date().toISOString(), action, code, outcome })
  }

  protected take(what: Pick<NewItem, 'action'> & Partial<NewItem>, source: Source = 'hand'): void {
    const { me } = this.state
    if (!me) return
    this.lastActivityMs = Date.now()
    const { station } = this.around
    const item: NewItem = {
      ...what,
      id: newScanId(),
      at: new Date().toISOString(),
      personId: me.id,
      ...(station === '' ? {} : { station }),
    }
    this.dispatch({ type: 'scanned', item, fromScanner: source === 'scanner' })
    void this.keep(item)
  }

  private async keep(item: NewItem): Promise<void> {
    setTimeout(() => this.dispatch({ type: 'answer_is_late', id: item.id }), LATE_ANSWER_MS)
    const viewName = viewFactName(item.personId, this.page)
    try {
      // Off line this write is all there is, so it waits for the disk.
      await this.around.store.keep(item, this.saved(), isOffLine(this.state), viewName)
    } catch {
      return this.dispatch({ type: 'not_kept', id: item.id })
    }
    this.sender.kick()
  }

  protected dispatch(event: KeeperEvent | Own): void {
    const before = this.state
    this.state = this.reduce(before, event)
    if (this.state === before) return
    this.screen.render(this.state)
    const { sound, cue } = this.state
    if (cue !== before.cue && sound !== '') this.screen.makeSound(sound)
    this.changed(before, event)
  }

  /** Saves what the page shows, at once: a reload may come at any moment. Never two writes at a time. */
  protected async save(): Promise<void> {
    this.isSavedOld = true
    if (this.isSaving) return
    this.isSaving = true
    while (this.isSavedOld && this.state.me) {
      this.isSavedOld = false
      // A view that could not be saved is only less comfort after a reload; the queue is its own write.
      await this.around.store.saveFact(viewFactName(this.state.me.id, this.page), this.saved()).catch(() => undefined)
    }
    this.isSaving = false
  }

  private async whoAmI(): Promise<Person | 'signed_out' | 'offline'> {
    const reply = await fetchMe()
    if (reply === 'signed_out') this.dispatch({ type: 'signed_out' })
    else if (reply !== 'offline') await this.becomes(reply)
    this.onFirstWho()
    if (reply === 'signed_out' || reply === 'offline') return reply
    const { id, canScan, canBill } = reply.me
    return { id, csrf: reply.csrf, canScan, canBill: canBill !== false }
  }

  private async becomes(reply: Arrival): Promise<void> {
    const { store } = this.around
    const { me } = reply
    const isNew = this.state.me?.id !== me.id
    if (isNew) await this.enter(me)
    this.arrived(reply, isNew)
    const names = (await store.loadFact<Record<number, string>>('names')) ?? {}
    await store.saveFact('names', { ...names, [me.id]: me.name }).catch(() => undefined)
    await store.saveFact('me', me).catch(() => undefined)
    this.around.taken()
    await this.countOthers(me.id)
    void this.speak(me.locale)
  }

  /** Takes up where this person left off on this device. */
  private async enter(me: Me): Promise<void> {
    const { store } = this.around
    const [saved, waiting, attention] = await Promise.all([
      store.loadFact<unknown>(viewFactName(me.id, this.page)),
      store.head(me.id, QUEUE_ITEMS_MAX),
      store.attention(me.id),
    ])
    this.dispatch({ type: 'restored', saved, waiting, attention })
    this.entered(me)
    await this.countOthers(me.id)
    void this.speak(me.locale)
  }

  /** What was kept of this person is back; the server may not have spoken yet. */
  protected abstract entered(me: Me): void

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
    void this.around.store.dismiss(ids).then(() => this.around.channel?.postMessage('attention'))
  }

  private onAnswers(answers: Answer[]): void {
    const settled = this.settledBy(answers)
    this.dispatch({ type: 'answered', answers })
    this.around.channel?.postMessage({ answers })
    if (settled.length > 0) this.forget(settled.map(({ id }) => id))
  }

  private async onOtherTab(data: unknown): Promise<void> {
    const { me } = this.state
    if (typeof data === 'object' && data !== null && 'answers' in data) {
      this.dispatch({ type: 'answered', answers: data.answers as Answer[] })
    }
    if (me) this.dispatch({ type: 'attention', attention: await this.around.store.attention(me.id) })
  }
}
