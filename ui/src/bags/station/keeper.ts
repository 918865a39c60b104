// The bag stations: what a code means there, what the keys do, and when the page goes back to asking for
// a parent. Everything that any station does is in the engine's keeper.
//
// Invariant: every item carries the parent that was shown when it was scanned.
import { Keeper, isPlausible, type Arrival, type Screen, type Surroundings } from '../../engine/keeper'
import type { MeReply } from '../../engine/me'
import { isOffline } from '../../engine/state'
import type { Source } from '../../engine/wedge'
import { BAGS, CHANNELS } from '../channels'
import type { BagAnswer, BagAttention, BagItem, BagMe, BagScan, Bags } from '../items'
import { bagMeOf } from '../me'
import { isParentLabel } from '../state'
import { fetchChildren, selectedParentOf } from './api'
import { countOf, firstState, isSeenIn, isWaitingTwice, lastChildOf, undoParentOf, type Event, type Saved, type State } from './model'
import { isSettledByMove, reduce } from './state'

const COMPLETED_SHOWN_MS = 1_000
const IDLE_MS = 10 * 60_000
const UNDO_OWN_MS = 60 * 60_000

export class BagKeeper extends Keeper<Bags, State, Event> {
  private isFirstMe = true

  constructor(around: Surroundings, screen: Screen<State>) {
    super(around, screen, { first: firstState(), page: 'view', channels: CHANNELS })
  }

  // What the person does.

  protected scan(code: string, source: Source): void {
    const { me, parent } = this.state
    const isParent = me !== null && isParentLabel(code, me.labels)
    const outcome = this.refusalHere(code, isParent)
    if (outcome !== '') return this.refuse(isParent ? 'parent' : 'child', code, outcome)
    if (isParent) this.ask({ action: 'parent', code }, source)
    else if (parent) this.ask({ action: 'child', code, parent: parent.code }, source)
  }

  private refusalHere(code: string, isParent: boolean): string {
    const { parent } = this.state
    const common = this.commonRefusal(BAGS.right)
    if (common === 'not_signed_in' || common === 'no_right') return common
    if (!isPlausible(code)) return 'bad_code'
    if (common !== '' || isParent) return common
    if (!parent) return 'no_parent'
    if (!isOffline(this.state)) return ''
    if (isWaitingTwice(this.state, parent.code, code) || isSeenIn(this.state, parent.code, code)) return 'duplicate'
    return countOf(this.state, parent) >= parent.capacity ? 'parent_full' : ''
  }

  undo(): void {
    const parent = undoParentOf(this.state)
    if (!parent) return
    const child = lastChildOf(this.state, parent)
    const isOwn = child !== undefined && Date.now() - Date.parse(child.at) < UNDO_OWN_MS
    const of = isOwn && child.state === 'kept' ? { of: child.id } : {}
    this.ask({ action: 'undo', parent, ...(isOwn ? { code: child.code } : {}), ...of })
  }

  close(): void {
    const { parent, closeAsked } = this.state
    if (!parent) return
    this.lastActivityMs = Date.now()
    if (countOf(this.state, parent) < parent.capacity && !closeAsked) return this.dispatch({ type: 'close_asked', asked: true })
    this.ask({ action: 'close', code: parent.code })
  }

  moveNow(): void {
    const { banner } = this.state
    if (banner.kind !== 'refused' || banner.outcome !== 'child_elsewhere' || banner.parent === '') return
    this.ask({ action: 'relink', code: banner.code, parent: banner.parent })
  }

  move({ item }: BagAttention): void {
    if (item.code && item.parent) this.ask({ action: 'relink', code: item.code, parent: item.parent })
  }

  // What happens around it.

  override checkIdle(): void {
    if (Date.now() - this.lastActivityMs > IDLE_MS) this.dispatch({ type: 'idle' })
  }

  // Inside.

  private ask(what: Pick<BagItem, 'action'> & Partial<BagItem>, source?: Source): void {
    this.take({ ...what, channel: BAGS.name }, source)
  }

  protected readMe({ me, body }: Exclude<MeReply, string>): BagMe {
    return bagMeOf(me, body)
  }

  protected reduce(state: State, event: Event): State {
    return reduce(state, event)
  }

  protected saved(): Saved {
    const { parent, left, last } = this.state
    return { parent, left, last }
  }

  protected changed(before: State, event: Event): void {
    const { banner, last, parent } = this.state
    if (banner.kind === 'completed' && banner !== before.banner) {
      setTimeout(() => this.dispatch({ type: 'completed_seen', parent: banner.parent }), COMPLETED_SHOWN_MS)
    }
    const isNews = last !== before.last || parent !== before.parent
    // A scan is saved together with the view, in one write; what was restored does not belong to `me` yet.
    if (isNews && event.type !== 'scanned' && event.type !== 'restored') void this.save()
  }

  protected entered(me: BagMe): void {
    this.dispatch({ type: 'me', me, selected: null, first: false })
  }

  protected arrived({ me, body, isNew }: Arrival<Bags>): void {
    const selected = selectedParentOf(body, me.capacity)
    this.dispatch({ type: 'me', me, selected, first: isNew || this.isFirstMe })
    this.isFirstMe = false
    void this.showChildren()
  }

  protected settledBy(answers: BagAnswer[]): BagAttention[] {
    const moved = answers.filter(({ result }) => result.outcome === 'relinked')
    return this.state.attention.filter((entry) => moved.some(({ item }) => isSettledByMove(entry, item.code)))
  }

  /** On a device that has not seen this parent yet, its children take the place of the last scans. */
  private async showChildren(): Promise<void> {
    const parent = this.state.parent?.code
    if (!parent || this.state.last.length > 0) return
    const children = (await fetchChildren(parent)) ?? []
    const last = children.slice(0, 50).map(
      ({ code, linkedAt }): BagScan => ({
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
}
