// Joins the parts of the floor: codes come in from the wedge, are kept in the store, shown at once,
// sent by the sender, and the answers come back into the state.
//
// Invariants: what a person sees as kept is on its way into the store before the next press is
// looked at; every item carries its person and its parent; nothing is sent for anybody but the
// person whom the server says is signed in.
import { Sender, type Person } from '../queue/sender'
import { QUEUE_ITEMS_MAX, viewFactName, type Store } from '../queue/store'
import type { Answer, Attention, NewItem } from '../queue/types'
import { newScanId } from '../queue/uuid'
import { fetchChildren, fetchMe, postScans } from './api'
import {
  countOf,
  firstState,
  isOffLine,
  isParentLabel,
  isWaitingTwice,
  lastChildOf,
  undoParentOf,
  type Event,
  type LastScan,
  type Me,
  type ParentView,
  type Saved,
  type State,
} from './model'
import { loadWords, locale } from './phrases'
import { isSettledByMove, reduce } from './state'
import type { Source } from './wedge'

const WHO_WAIT_MS = 2_000
const LATE_ANSWER_MS = 1_000
const COMPLETED_SHOWN_MS = 1_000
const IDLE_MS = 10 * 60_000
const UNDO_OWN_MS = 60 * 60_000
const CODE_CHARS_MIN = 4
const CODE_CHARS_MAX = 100
const FORBIDDEN = /[<>"'&%;]|--|\/\*|\*\/|[^\x20-\x7e]/

export interface Screen {
  render(state: State): void
  makeSound(sound: 'parent' | 'child' | 'refused'): void
}

export interface Surroundings {
  store: Store
  station: string
  phrasesAddress: string
  channel: BroadcastChannel | null
}

/** Only what no scanner label of ours can be; every other rule is the server's. */
export function isPlausible(code: string): boolean {
  return code.length >= CODE_CHARS_MIN && code.length <= CODE_CHARS_MAX && !FORBIDDEN.test(code)
}

function withLock(work: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return work()
  return navigator.locks.request('tallyhouse-queue', work)
}

export class Floor {
  private state: State = firstState()
  private ready = false
  private early: { code: string; source: Source }[] = []
  private isSaving = false
  private isSavedOld = false
  private lastActivityMs = Date.now()
  private isFirstMe = true
  private readonly sender: Sender

  constructor(
    private readonly around: Surroundings,
    private readonly screen: Screen,
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

  async start(): Promise<void> {
    if (!this.around.store.lasting) this.dispatch({ type: 'not_lasting' })
    const known = await this.around.store.loadFact<Me>('me')
    if (known) await this.enter(known)
    const asked = new Promise<void>((resolve) => {
      this.onFirstWho = resolve
      setTimeout(resolve, WHO_WAIT_MS)
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
    const { me, parent } = this.state
    const isParent = me !== null && isParentLabel(code, me.labels)
    const outcome = this.refusalHere(code, isParent)
    if (outcome !== '' || !me) {
      const action = isParent ? 'parent' : 'child'
      return this.dispatch({ type: 'refused_here', id: newScanId(), at: new Date().toISOString(), action, code, outcome })
    }
    if (isParent) this.take({ action: 'parent', code }, source)
    else if (parent) this.take({ action: 'child', code, parent: parent.code }, source)
  }

  /** The refusals that need no server, so that they are heard off line too. */
  private refusalHere(code: string, isParent: boolean): string {
    const { me, parent, waiting } = this.state
    if (!me) return 'not_signed_in'
    if (!me.canScan) return 'no_right'
    if (!isPlausible(code)) return 'bad_code'
    if (waiting.length >= QUEUE_ITEMS_MAX) return 'queue_full'
    if (isParent) return ''
    if (!parent) return 'no_parent'
    if (!isOffLine(this.state)) return ''
    if (isWaitingTwice(this.state, parent.code, code)) return 'duplicate'
    return countOf(this.state, parent) >= parent.capacity ? 'parent_full' : ''
  }

  undo(): void {
    const parent = undoParentOf(this.state)
    if (!parent) return
    const child = lastChildOf(this.state, parent)
    const isOwn = child !== undefined && Date.now() - Date.parse(child.at) < UNDO_OWN_MS
    this.take({ action: 'undo', parent, ...(isOwn ? { code: child.code } : {}) })
  }

  close(): void {
    const { parent, closeAsked } = this.state
    if (!parent) return
    this.lastActivityMs = Date.now()
    if (countOf(this.state, parent) < parent.capacity && !closeAsked) return this.dispatch({ type: 'close_asked', asked: true })
    this.take({ action: 'close', code: parent.code })
  }

  moveNow(): void {
    const { banner } = this.state
    if (banner.kind !== 'refused' || banner.outcome !== 'child_elsewhere' || banner.parent === '') return
    this.take({ action: 'relink', code: banner.code, parent: banner.parent })
  }

  move({ item }: Attention): void {
    if (item.code && item.parent) this.take({ action: 'relink', code: item.code, parent: item.parent })
  }

  dismiss({ id }: Attention): void {
    this.dispatch({ type: 'attention', attention: this.state.attention.filter((entry) => entry.id !== id) })
    void this.around.store.dismiss([id]).then(() => this.around.channel?.postMessage('attention'))
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

  checkIdle(): void {
    if (Date.now() - this.lastActivityMs > IDLE_MS) this.dispatch({ type: 'idle' })
  }

  // Inside.

  private take(what: Pick<NewItem, 'action'> & Partial<NewItem>, source: Source = 'hand'): void {
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
    try {
      // Off line this write is all there is, so it waits for the disk.
      await this.around.store.keep(item, this.saved(), isOffLine(this.state))
    } catch {
      return this.dispatch({ type: 'not_kept', id: item.id })
    }
    this.sender.kick()
  }

  private dispatch(event: Event): void {
    const before = this.state
    this.state = reduce(before, event)
    if (this.state === before) return
    this.screen.render(this.state)
    const { banner, sound, cue } = this.state
    if (cue !== before.cue && sound !== '') this.screen.makeSound(sound)
    if (banner.kind === 'completed' && banner !== before.banner) {
      setTimeout(() => this.dispatch({ type: 'completed_seen', parent: banner.parent }), COMPLETED_SHOWN_MS)
    }
    const isNews = this.state.last !== before.last || this.state.parent !== before.parent
    // What was scanned is kept together with the view, in one write; what was restored is not yet `me`'s.
    if (isNews && event.type !== 'scanned' && event.type !== 'restored') void this.save()
  }

  private saved(): Saved {
    const { parent, left, last } = this.state
    return { parent, left, last }
  }

  /** Saves what the page shows, at once: a reload may come at any moment. Never two writes at a time. */
  private async save(): Promise<void> {
    this.isSavedOld = true
    if (this.isSaving) return
    this.isSaving = true
    while (this.isSavedOld && this.state.me) {
      this.isSavedOld = false
      // A view that could not be saved is only less comfort after a reload; the queue is its own write.
      await this.around.store.saveFact(viewFactName(this.state.me.id), this.saved()).catch(() => undefined)
    }
    this.isSaving = false
  }

  private async whoAmI(): Promise<Person | 'signed_out' | 'offline'> {
    const reply = await fetchMe()
    if (reply === 'signed_out') this.dispatch({ type: 'signed_out' })
    else if (reply !== 'offline') await this.becomes(reply.me, reply.selected)
    this.onFirstWho()
    if (reply === 'signed_out' || reply === 'offline') return reply
    return { id: reply.me.id, csrf: reply.csrf }
  }

  private async becomes(me: Me, selected: ParentView | null): Promise<void> {
    const { store } = this.around
    if (this.state.me?.id !== me.id) {
      await this.enter(me)
      this.isFirstMe = true
    }
    this.dispatch({ type: 'me', me, selected, first: this.isFirstMe })
    this.isFirstMe = false
    const names = (await store.loadFact<Record<number, string>>('names')) ?? {}
    await store.saveFact('names', { ...names, [me.id]: me.name }).catch(() => undefined)
    await store.saveFact('me', me).catch(() => undefined)
    await this.countOthers(me.id)
    void this.speak(me.locale)
    void this.showChildren()
  }

  /** Takes up where this person left off on this device. */
  private async enter(me: Me): Promise<void> {
    const { store } = this.around
    const [saved, waiting, attention] = await Promise.all([
      store.loadFact<Saved>(viewFactName(me.id)),
      store.head(me.id, QUEUE_ITEMS_MAX),
      store.attention(me.id),
    ])
    this.dispatch({ type: 'restored', saved, waiting, attention })
    this.dispatch({ type: 'me', me, selected: null, first: false })
    await this.countOthers(me.id)
    void this.speak(me.locale)
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

  /** On a device that has not seen this parent yet, its children stand in for the last scans. */
  private async showChildren(): Promise<void> {
    const parent = this.state.parent?.code
    if (!parent || this.state.last.length > 0) return
    const children = (await fetchChildren(parent)) ?? []
    const last = children.slice(0, 50).map(
      ({ code, linkedAt }): LastScan => ({
        id: `${parent}/${code}`,
        at: linkedAt,
        action: 'child',
        code,
        parent,
        state: 'ok',
        outcome: 'linked',
        currentParent: '',
        children: 0,
      }),
    )
    this.dispatch({ type: 'children', parent, last })
  }

  private onAnswers(answers: Answer[]): void {
    const moved = answers.filter(({ result }) => result.outcome === 'relinked')
    const settled = this.state.attention.filter((entry) => moved.some(({ item }) => isSettledByMove(entry, item.code)))
    this.dispatch({ type: 'answered', answers })
    this.around.channel?.postMessage({ answers })
    if (settled.length > 0) {
      void this.around.store.dismiss(settled.map(({ id }) => id)).then(() => this.around.channel?.postMessage('attention'))
    }
  }

  private async onOtherTab(data: unknown): Promise<void> {
    const { me } = this.state
    if (typeof data === 'object' && data !== null && 'answers' in data) {
      this.dispatch({ type: 'answered', answers: data.answers as Answer[] })
    }
    if (me) this.dispatch({ type: 'attention', attention: await this.around.store.attention(me.id) })
  }
}
