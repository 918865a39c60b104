// The server, as far as pages can tell: sessions, rights, and scans of which each id is decided once.
import type { Clock } from './clock'

export interface Ask {
  path: string
  body: string
  /** The session's cookie as it was when the request was sent. */
  cookie: string
  csrf: string
}

export interface Told {
  status: number
  body: unknown
}

interface Session {
  personId: number
  csrf: string
  isLocked: boolean
}

export interface SentScan {
  id: string
  at: string
  action: string
  code?: string
  parent?: string
  bill?: string
  pass?: string
  offline?: { at: string; snapshot_at: string }
}

interface Result {
  id: string
  outcome: string
  [name: string]: unknown
}

/** A scan as it was decided. */
export interface Decided {
  personId: number
  scan: SentScan
  asked: string
  result: Result
  /** Its place among all decisions. */
  order: number
}

export const PEOPLE = [7, 8, 9]
export const EVENT = 5
export const CAPACITY = 6
export const PASSES = Array.from({ length: 8 }, (_, n) => ({ id: `pass-${n}`, people: 1 + (n % 2) }))
/** Codes that begin like this make a body that the server does not take. */
export const UNREADABLE = 'BROKEN'

const LABELS = [{ prefix: 'SB', digits: 5 }]
const EVENT_FACTS = {
  id: EVENT, name: 'Diwali', place: '', state: 'open', starts_at: null, ends_at: null, early_minutes: 180, one_by_one: false, re_entry: false, inside_max: null,
}

export class Site {
  readonly sessions = new Map<string, Session>()
  readonly decided = new Map<string, Decided>()
  readonly parents = new Map<string, string[]>()
  readonly bills = new Map([['BILL-1', { capacity: 4, on: [] as string[], isDone: false }], ['BILL-2', { capacity: 2, on: [] as string[], isDone: false }]])
  /** Of each pass: how many came in, and whether the office has cancelled it. */
  readonly passes = new Map(PASSES.map(({ id, people }) => [id, { people, admitted: 0, isCancelled: false }]))
  readonly mayBill = new Set(PEOPLE)
  readonly mayScan = new Set(PEOPLE)
  /** The parent that each person has in hand. */
  readonly hands = new Map<number, string>()
  private made = 0

  constructor(private readonly clock: Clock) {}

  signIn(personId: number): string {
    this.made += 1
    const token = `session-${this.made}`
    this.sessions.set(token, { personId, csrf: `proof-${this.made}`, isLocked: false })
    return token
  }

  answer(ask: Ask): Told {
    const session = this.sessions.get(ask.cookie)
    if (!session) return { status: 401, body: { code: 'signed_out' } }
    if (session.isLocked) return { status: 401, body: { code: 'session_locked' } }
    if (ask.path === '/api/v1/me') return { status: 200, body: this.me(session) }
    if (ask.path.startsWith('/api/v1/gate/events/')) return { status: 200, body: this.gate(ask.path, session) }
    if (ask.path.startsWith('/api/v1/bills')) return this.bill(ask.path)
    if (ask.path.startsWith('/api/v1/bags/')) return { status: 404, body: { code: 'not_found' } }
    if (ask.csrf !== session.csrf) return { status: 403, body: { code: 'csrf' } }
    return this.scans(ask, session)
  }

  private me({ personId, csrf }: Session): unknown {
    const code = this.hands.get(personId)
    const children = code === undefined ? 0 : (this.parents.get(code)?.length ?? 0)
    const selected = code === undefined ? null : { code, children, capacity: CAPACITY, status: '' }
    const rights = { can_scan: this.mayScan.has(personId), can_bill: this.mayBill.has(personId) }
    return { id: personId, name: `person ${personId}`, csrf, locale: 'en', capacity: CAPACITY, parent_labels: LABELS, selected_parent: selected, ...rights }
  }

  private gate(path: string, { personId, csrf }: Session): unknown {
    if (path.includes('/passes')) {
      const passes = [...this.passes].map(([id, { people, admitted, isCancelled }]) => ({ id, people, admitted, inside: admitted, cancelled: isCancelled }))
      return { taken_at: new Date(this.clock.steadyMs).toISOString(), passes, next: null }
    }
    const inside = [...this.passes.values()].reduce((sum, { admitted }) => sum + admitted, 0)
    return { id: personId, name: `person ${personId}`, can_undo: true, event: EVENT_FACTS, keys: [], inside, conflicts: 0, csrf, locale: 'en' }
  }

  private bill(path: string): Told {
    const number = decodeURIComponent(path.match(/^\/api\/v1\/bills\/([^?]+)/)?.[1] ?? '')
    if (number === '') return { status: 200, body: { bills: [], next: null } }
    const bill = this.bills.get(number)
    if (!bill) return { status: 404, body: { code: 'not_found' } }
    const bags = bill.on.map((code) => ({ code, children: 0, capacity: CAPACITY }))
    return { status: 200, body: { bill: number, parents: bill.on.length, capacity: bill.capacity, status: bill.isDone ? 'completed' : 'new', parent_bags: bags, next: null } }
  }

  private scans({ path, body }: Ask, { personId }: Session): Told {
    const { scans } = JSON.parse(body) as { scans: SentScan[] }
    const isGate = path.startsWith('/api/v1/gate/')
    const isAboutBills = scans.some(({ action }) => action.startsWith('bill_'))
    if (!isGate && !(isAboutBills ? this.mayBill : this.mayScan).has(personId)) return { status: 403, body: { code: 'forbidden' } }
    if (scans.some(({ code }) => code?.startsWith(UNREADABLE))) return { status: 422, body: { code: 'invalid' } }
    return { status: 200, body: { results: scans.map((scan) => this.decide(scan, personId, isGate)) } }
  }

  private decide(scan: SentScan, personId: number, isGate: boolean): Result {
    const asked = JSON.stringify([personId, scan])
    const before = this.decided.get(scan.id)
    if (before) return before.asked === asked ? before.result : { id: scan.id, outcome: 'scan_id_reused' }
    const facts = isGate ? this.enter(scan) : scan.action.startsWith('bill_') ? this.bills_(scan) : this.pack(scan, personId)
    const result = { id: scan.id, code: scan.code, ...facts }
    this.decided.set(scan.id, { personId, scan, asked, result, order: this.decided.size })
    return result
  }

  private parentOf(child: string): string | undefined {
    return [...this.parents].find(([, children]) => children.includes(child))?.[0]
  }

  private pack({ action, code = '', parent = '' }: SentScan, personId: number): { outcome: string; [name: string]: unknown } {
    const about = action === 'parent' || action === 'close' ? code : parent
    const known = this.parents.get(about)
    const told = (outcome: string, more: object = {}) => {
      const children = this.parents.get(about)
      return { outcome, ...(children ? { parent: about, children: children.length, capacity: CAPACITY } : {}), ...more }
    }
    if (action === 'parent') {
      this.hands.set(personId, code)
      if (!known) this.parents.set(code, [])
      return told(known ? 'parent_selected' : 'parent_created')
    }
    if (!known) return told('unknown_parent')
    if (action === 'close') {
      if (this.hands.get(personId) === code) this.hands.delete(personId)
      return told('closed')
    }
    const at = this.parentOf(code)
    if (action === 'undo') {
      if (code ? at !== about : known.length === 0) return told(code ? 'not_linked' : 'nothing_to_undo')
      const [gone] = known.splice(code ? known.indexOf(code) : known.length - 1, 1)
      return told('undone', { code: gone })
    }
    if (at === about) return told('duplicate')
    if (at !== undefined && action !== 'relink') return told('child_elsewhere', { current_parent: at })
    if (known.length >= CAPACITY) return told('parent_completed')
    if (at !== undefined) this.parents.set(at, (this.parents.get(at) ?? []).filter((one) => one !== code))
    known.push(code)
    this.hands.set(personId, about)
    return told(action === 'relink' ? 'relinked' : 'linked', { completed: known.length === CAPACITY })
  }

  private bills_({ action, code = '', bill: number = '' }: SentScan): { outcome: string } {
    const bill = this.bills.get(number)
    if (!bill) return { outcome: 'unknown_bill' }
    const told = (outcome: string) => ({ outcome, bill: number, bill_parents: bill.on.length, bill_capacity: bill.capacity, bill_status: bill.isDone ? 'completed' : 'new' })
    if (action === 'bill_reopen') {
      bill.isDone = false
      return told('bill_reopened')
    }
    if (bill.isDone) return told('bill_completed')
    if (action === 'bill_complete') {
      bill.isDone = bill.on.length >= bill.capacity
      return told(bill.isDone ? 'bill_finished' : 'bill_short')
    }
    if (action === 'bill_unlink') {
      if (!bill.on.includes(code)) return told('not_on_bill')
      bill.on = bill.on.filter((one) => one !== code)
      return told('bill_unlinked')
    }
    if (bill.on.includes(code)) return told('already_on_this_bill')
    if ([...this.bills.values()].some(({ on }) => on.includes(code))) return told('already_on_bill')
    if (bill.on.length >= bill.capacity) return told('bill_full')
    bill.on.push(code)
    return told('bill_linked')
  }

  private enter({ action, pass: id = '', offline }: SentScan): { outcome: string; [name: string]: unknown } {
    const pass = this.passes.get(id)
    if (!pass) return { outcome: 'unknown_pass' }
    const told = (outcome: string, people = 0) => ({ outcome, pass: id, people, inside: pass.admitted, conflict: offline !== undefined && outcome !== 'admitted' })
    if (action === 'undo') {
      const people = pass.admitted
      pass.admitted = 0
      return people > 0 ? told('entry_undone', people) : told('not_inside')
    }
    const people = pass.people - pass.admitted
    if (pass.isCancelled) return told('cancelled')
    if (people <= 0) return told('already_admitted')
    pass.admitted = pass.people
    return told('admitted', people)
  }
}
