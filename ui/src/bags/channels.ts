// Where the scans of bags and bills are sent, and how their requests and answers are written.
//
// Invariant: the names are stored on devices with every scan that waits, so they never change.
import { listedResults, type Channel } from '../engine/channel'
import type { Json } from '../engine/http'
import type { Item, NewItem, Result } from '../engine/items'
import type { PostScans } from './api'
import type { BagItem } from './items'
import { isRefused, isRepeat } from './outcomes'

const ADDRESS = '/api/v1/scans'

/** JSON.stringify leaves out what is undefined. */
function scanBody(item: Item): PostScans['scans'][number] {
  const { id, at, action, code, parent, bill } = item as Item<BagItem>
  return { id, at, action, code, parent, bill } as PostScans['scans'][number]
}

function body(items: readonly Item[], station: string | undefined): Json {
  const scans: PostScans = { ...(station ? { station } : {}), scans: items.map(scanBody) }
  return { ...scans }
}

function withoutNulls(json: Json & Result): Result {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null)) as unknown as Result
}

function results(response: Json): Result[] | null {
  return listedResults(response.results, withoutNulls)
}

/** Before items named their channel, the action told which right they needed. */
const isAboutBill = ({ action }: NewItem) => action.startsWith('bill_')

export const BAGS: Channel = {
  name: 'bags',
  address: ADDRESS,
  right: 'can_scan',
  body,
  results,
  isRefused,
  isRepeat,
  adopts: (item) => !isAboutBill(item),
}

export const BILLS: Channel = {
  name: 'bills',
  address: ADDRESS,
  right: 'can_bill',
  body,
  results,
  isRefused,
  isRepeat,
  adopts: isAboutBill,
}

/** Every page of bags sends what waits for either. */
export const CHANNELS: readonly Channel[] = [BAGS, BILLS]
