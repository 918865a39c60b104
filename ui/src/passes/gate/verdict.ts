// What is shown in large letters for an answer: yes, again, or no.
import type { Sound } from '../../engine/state'
import { timeText } from '../../engine/words'
import type { Local } from './decide'
import type { GateResult } from './items'
import { t, type Key } from './phrases'

export type Tone = 'yes' | 'again' | 'no' | 'wait'

export interface Verdict {
  scanId: string
  tone: Tone
  outcome: string
  headline: string
  names: string[]
  remarks: string[]
  /** The pass, if somebody came in with it now, and how many. */
  entered?: string
  people?: number
  /** True when this device decided by itself. */
  isLocal: boolean
}

const YES = new Set(['admitted', 'left', 'entry_undone'])
/** The same guest, still standing there, is no alarm. */
const AGAIN = new Set(['already_admitted', 'not_listed', 'unsure', 'no_list'])

export function toneOf(outcome: string): Tone {
  return YES.has(outcome) ? 'yes' : AGAIN.has(outcome) ? 'again' : 'no'
}

export function soundOf(verdict: Verdict, isJustNow: boolean): Sound {
  if (verdict.tone === 'yes') return 'high'
  return isJustNow || verdict.tone === 'wait' ? 'low' : 'refused'
}

function ago(at: string, now: number): string {
  return t('gate-just-now', { n: Math.max(0, Math.round((now - Date.parse(at)) / 1000)) })
}

function headlineOf({ outcome, people, just_now, entered_at }: GateResult | Local, now: number): string {
  if (just_now && entered_at) return ago(entered_at, now)
  if (outcome === 'admitted' && people === 2) return t('gate-admitted-two')
  const key = `gate-${outcome}` as Key
  const words = t(key)
  return words === key ? t('gate-refused') : words
}

function remarksOf(answer: GateResult | Local): string[] {
  const remarks: string[] = []
  if (answer.kind) remarks.push(t(answer.kind === 'COUPLE' ? 'gate-couple' : 'gate-single'))
  if (answer.outcome !== 'already_admitted') return remarks
  if (answer.entered_at && !answer.just_now) remarks.push(t('gate-entered', { at: timeText(answer.entered_at) }))
  return remarks
}

export function ofResult(result: GateResult, now: number): Verdict {
  const { id: scanId, outcome, guest, pass } = result
  const names = [guest?.name1, guest?.name2].filter((name): name is string => Boolean(name))
  const remarks = remarksOf(result)
  if (guest?.timing) remarks.push(guest.timing)
  if (result.re_entry) remarks.push(t('gate-back'))
  if (result.kind === 'COUPLE' && outcome === 'admitted' && result.inside === 1) remarks.push(t('gate-one-left'))
  const by = outcome === 'already_admitted' ? [guest?.entered_by, result.gate].filter(Boolean).join(' · ') : ''
  if (by) remarks.push(by)
  const tone = result.just_now ? 'again' : toneOf(outcome)
  return { scanId, tone, outcome, headline: headlineOf(result, now), names, remarks, isLocal: false, ...(outcome === 'admitted' && pass ? { entered: pass, people: result.people ?? 1 } : {}) }
}

export function ofLocal(scanId: string, local: Local, now: number): Verdict {
  const remarks = remarksOf(local)
  if (local.kind === 'COUPLE' && local.outcome === 'admitted' && local.inside === 1) remarks.push(t('gate-one-left'))
  if (local.isNewer) remarks.push(t('gate-newer'))
  remarks.push(t(toneOf(local.outcome) === 'yes' ? 'gate-kept' : 'gate-by-list'))
  const entered = local.outcome === 'admitted' && local.pass ? { entered: local.pass, people: local.people ?? 1 } : {}
  return { scanId, tone: toneOf(local.outcome), outcome: local.outcome, headline: headlineOf(local, now), names: [], remarks, isLocal: true, ...entered }
}

/** While the server is asked. */
export function waiting(scanId: string): Verdict {
  return { scanId, tone: 'wait', outcome: '', headline: t('gate-asking'), names: [], remarks: [], isLocal: true }
}
