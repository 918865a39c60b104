// The bill station: what a code means there, what the keys do, and when the server is asked for a bill.
// Everything that any station does is in the engine's keeper.
//
// Invariants: every item carries the bill that was shown when it was scanned; what the server said about a
// bill before an answer arrived never overwrites what that answer said.
import { Keeper, isPlausible, type Arrival, type Screen, type Surroundings } from '../../engine/keeper'
import type { MeReply } from '../../engine/me'
import { newScanId } from '../../engine/scan-id'
import { isOffline } from '../../engine/state'
import type { Source } from '../../engine/wedge'
import { BILLS, CHANNELS } from '../channels'
import type { Action, BagAnswer, BagAttention, BagItem, BagMe, Bags } from '../items'
import { bagMeOf } from '../me'
import { isParentLabel } from '../state'
import { fetchBill, fetchOpenBills } from './api'
import {
  canRegister,
  firstState,
  isBillNumber,
  isCompleted,
  isSameBill,
  isWaitingFor,
  lastLinkOf,
  missingOf,
  type Event,
  type Saved,
  type State,
} from './model'
import { isSettledBy, reduce } from './state'

const LOAD_TRIES_MAX = 3

export class BillKeeper extends Keeper<Bags, State, Event> {
  private answersSeen = 0

  /** `named` is the bill in the address, if any; `onBill` is told which one is shown. */
  constructor(
    around: Surroundings,
    screen: Screen<State>,
    private named: string,
    private readonly onBill: (number: string) => void,
  ) {
    super(around, screen, { first: firstState(), page: 'bill-view', channels: CHANNELS })
  }

  // What the person does.

  protected scan(code: string, source: Source): void {
    const { me, bill } = this.state
    const common = this.commonRefusal(BILLS.right)
    if (common !== '') return this.refuse('bill_link', code, common)
    const isLabel = me !== null && isParentLabel(code, me.labels)
    // A completed bill accepts nothing more, so a code that is not a parent label is the next bill.
    if (!bill || (isCompleted(this.state, bill) && !isLabel)) {
      if (isLabel) return this.refuse('bill_link', code, 'no_bill')
      return this.choose(code, source)
    }
    const outcome = this.refusalHere(code)
    if (outcome !== '') return this.refuse('bill_link', code, outcome)
    this.ask({ action: 'bill_link', code, bill: bill.number }, source)
  }

  private refusalHere(code: string): string {
    const { bill } = this.state
    if (!isPlausible(code)) return 'bad_code'
    if (!bill || !isOffline(this.state)) return ''
    if (isCompleted(this.state, bill)) return 'bill_completed'
    if (isWaitingFor(this.state, bill, code)) return 'already_on_this_bill'
    return missingOf(this.state, bill) === 0 ? 'bill_full' : ''
  }

  choose(number: string, source: Source = 'hand'): void {
    if (!isBillNumber(number)) return this.refuse('bill_link', number, 'bad_bill')
    this.dispatch({ type: 'bill_chosen', number, isHeard: true, fromScanner: source === 'scanner' })
    void this.load()
  }

  leaveBill(): void {
    this.dispatch({ type: 'bill_left' })
    void this.loadOpen()
  }

  undo(): void {
    const link = lastLinkOf(this.state)
    if (link) this.act('bill_unlink', link.code, link.state === 'kept' ? { of: link.id } : {})
  }

  remove(code: string): void {
    this.act('bill_unlink', code)
  }

  complete(): void {
    const { bill } = this.state
    if (!bill || isCompleted(this.state, bill)) return
    const missing = missingOf(this.state, bill)
    if (missing !== null && missing > 0) return this.refuse('bill_complete', bill.number, 'bill_short')
    this.act('bill_complete', '')
  }

  reopen(): void {
    this.act('bill_reopen', '')
  }

  private act(action: Action, code: string, more: Pick<BagItem, 'of'> = {}): void {
    const { bill } = this.state
    if (bill) this.ask({ action, code, bill: bill.number, ...more })
  }

  registerNow(): void {
    const { banner } = this.state
    if (banner.kind === 'refused') this.addByHand(banner.outcome, banner.code, banner.params?.bill)
  }

  register({ item, result }: BagAttention): void {
    this.addByHand(result.outcome, item.code, item.bill)
  }

  private addByHand(outcome: string, code: string | undefined, bill: string | number | undefined): void {
    if (!canRegister(this.state, outcome, code, bill)) return
    this.ask({ action: 'bill_enter', code: String(code), bill: String(bill) })
  }

  clear(): void {
    this.dispatch({ type: 'cleared' })
  }

  // What happens around it.

  override checkIdle(): void {
    if (document.visibilityState === 'visible' && !isOffline(this.state)) this.refresh()
  }

  // Inside.

  private ask(what: Pick<BagItem, 'action'> & Partial<BagItem>, source?: Source): void {
    this.take({ ...what, channel: BILLS.name }, source)
  }

  protected readMe({ me, body }: Exclude<MeReply, string>): BagMe {
    return bagMeOf(me, body)
  }

  protected reduce(state: State, event: Event): State {
    return reduce(state, event)
  }

  protected saved(): Saved {
    const { bill, last } = this.state
    return { bill, last }
  }

  protected changed(before: State, event: Event): void {
    const { bill, last, link } = this.state
    if (event.type === 'answered') this.answersSeen += 1
    if (bill?.number !== before.bill?.number) this.onBill(bill?.number ?? '')
    const isNews = last !== before.last || bill !== before.bill
    // A scan is saved together with the view, in one write; what was restored does not belong to `me` yet.
    if (isNews && event.type !== 'scanned' && event.type !== 'restored') void this.save()
    if (link === 'ok' && before.link !== 'ok') this.refresh()
    if (event.type === 'bill_unknown') void this.loadOpen()
  }

  protected entered(me: BagMe): void {
    this.dispatch({ type: 'me', me })
    const number = this.named
    if (number === '' || isSameBill(this.state.bill?.number, number)) return
    this.dispatch({ type: 'bill_chosen', number, isHeard: false, fromScanner: false })
  }

  protected arrived({ me }: Arrival<Bags>): void {
    this.named = '' // only the first person gets the bill of the address; the next one continues with their own
    this.dispatch({ type: 'me', me })
    this.refresh()
  }

  protected settledBy(answers: BagAnswer[]): BagAttention[] {
    return this.state.attention.filter((entry) => answers.some((answer) => isSettledBy(entry, answer)))
  }

  private refresh(): void {
    void (this.state.bill ? this.load() : this.loadOpen())
  }

  /** Asks for the bill that is shown, and again if an answer arrived meanwhile, because that may be newer. */
  private async load(): Promise<void> {
    for (let tries = 0; tries < LOAD_TRIES_MAX; tries += 1) {
      const number = this.state.bill?.number
      if (number === undefined) return
      const seen = this.answersSeen
      const reply = await fetchBill(number)
      if (reply === 'none') return
      if (reply === 'unknown') {
        return this.dispatch({ type: 'bill_unknown', number, id: newScanId(), at: new Date().toISOString() })
      }
      if (seen === this.answersSeen) return this.dispatch({ type: 'bill_loaded', bill: reply })
    }
  }

  private async loadOpen(): Promise<void> {
    const bills = await fetchOpenBills()
    if (bills) this.dispatch({ type: 'open_bills', bills })
  }
}
