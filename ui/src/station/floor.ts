// The bag stations: what a code means there, what the keys do, and when the page goes back to asking
// for a parent. Everything that any station does is in keeper.ts.
//
// Invariant: every item carries the parent that was shown when it was scanned.
import type { Answer, Attention } from '../queue/types'
import { fetchChildren } from './api'
import { Keeper, isPlausible, type Arrival, type Screen, type Surroundings } from './keeper'
import {
  countOf,
  firstState,
  isOffLine,
  isParentLabel,
  isSeenIn,
  isWaitingTwice,
  lastChildOf,
  undoParentOf,
  type Event,
  type LastScan,
  type Me,
  type Saved,
  type State,
} from './model'
import { isSettledByMove, reduce } from './state'
import type { Source } from './wedge'

const COMPLETED_SHOWN_MS = 1_000
const IDLE_MS = 10 * 60_000
const UNDO_OWN_MS = 60 * 60_000

export class Floor extends Keeper<State, Event> {
  private isFirstMe = true

  constructor(around: Surroundings, screen: Screen<State>) {
    super(around, screen, firstState(), 'view')
  }

  // What the person does.

  protected scan(code: string, source: Source): void {
    const { me, parent } = this.state
    const isParent = me !== null && isParentLabel(code, me.labels)
    const outcome = this.refusalHere(code, isParent)
    if (outcome !== '') return this.refuse(isParent ? 'parent' : 'child', code, outcome)
    if (isParent) this.take({ action: 'parent', code }, source)
    else if (parent) this.take({ action: 'child', code, parent: parent.code }, source)
  }

  private refusalHere(code: string, isParent: boolean): string {
    const { parent } = this.state
    const ofAll = this.refusalOfAll()
    if (ofAll === 'not_signed_in' || ofAll === 'no_right') return ofAll
    if (!isPlausible(code)) return 'bad_code'
    if (ofAll !== '' || isParent) return ofAll
    if (!parent) return 'no_parent'
    if (!isOffLine(this.state)) return ''
    if (isWaitingTwice(this.state, parent.code, code) || isSeenIn(this.state, parent.code, code)) return 'duplicate'
    return countOf(this.state, parent) >= parent.capacity ? 'parent_full' : ''
  }

  undo(): void {
    const parent = undoParentOf(this.state)
    if (!parent) return
    const child = lastChildOf(this.state, parent)
    const isOwn = child !== undefined && Date.now() - Date.parse(child.at) < UNDO_OWN_MS
    const of = isOwn && child.state === 'kept' ? { of: child.id } : {}
    this.take({ action: 'undo', parent, ...(isOwn ? { code: child.code } : {}), ...of })
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

  // What the world does.

  override checkIdle(): void {
    if (Date.now() - this.lastActivityMs > IDLE_MS) this.dispatch({ type: 'idle' })
  }

  // Inside.

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
    // What was scanned is kept together with the view, in one write; what was restored is not yet `me`'s.
    if (isNews && event.type !== 'scanned' && event.type !== 'restored') void this.save()
  }

  protected entered(me: Me): void {
    this.dispatch({ type: 'me', me, selected: null, first: false })
  }

  protected arrived({ me, selected }: Arrival, isNew: boolean): void {
    this.dispatch({ type: 'me', me, selected, first: isNew || this.isFirstMe })
    this.isFirstMe = false
    void this.showChildren()
  }

  protected settledBy(answers: Answer[]): Attention[] {
    const moved = answers.filter(({ result }) => result.outcome === 'relinked')
    return this.state.attention.filter((entry) => moved.some(({ item }) => isSettledByMove(entry, item.code)))
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
}
