// Where the scans of gates are sent, and how their requests and answers are written.
//
// Invariant: the name is stored on devices with every scan that waits, so it never changes.
import { listedResults, type Channel } from '../../engine/channel'
import type { Item } from '../../engine/items'
import type { GateItem, GateResult } from './items'

function scanBody(item: Item) {
  const { id, at, action, code, pass, people, event, offline, reason } = item as Item<GateItem>
  return { id, at, action, code, pass, people, event, offline, reason }
}

/** Answers that mean that the scan never reached a decision: somebody has to look. Other refusals are on the screen. */
const NOT_DECIDED = new Set(['malformed', 'no_right', 'not_taken_back', 'scan_id_reused'])

export const CHANNEL: Channel = {
  name: 'gate',
  address: '/api/v1/gate/scans',
  right: 'can_redeem',
  body(items, station) {
    const device = (items[0] as GateItem | undefined)?.device
    return { ...(station ? { gate: station } : {}), ...(device ? { device } : {}), scans: items.map(scanBody) }
  },
  results: ({ results }) => listedResults<GateResult>(results, (json) => json as unknown as GateResult),
  isRefused: (outcome) => NOT_DECIDED.has(outcome),
}
