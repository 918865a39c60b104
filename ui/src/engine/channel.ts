// Where kept scans are sent. A wing describes its channels; the queue knows nothing else about them.
//
// Invariant: every stored item has at most one channel on a page. An item whose channel this page does
// not know stays in the queue for the page that does.
import { isJson, type Json } from './http'
import type { Item, NewItem, Result } from './items'

export interface Channel {
  /** Stored with each item, so it must never change. */
  name: string
  /** The address to POST to. */
  address: string
  /** The right that the server asks for, such as `can_scan`. */
  right: string
  /** The request body for items of one station. */
  body(items: readonly Item[], station: string | undefined): Json
  /** The answers in a response body, or null if it is not a response of ours. */
  results(body: Json): Result[] | null
  isRefused(outcome: string): boolean
  /** Refused only because it was done already: told at once, and nobody has to look at it later. */
  isRepeat?(outcome: string): boolean
  /** Whether an item that was stored without a channel's name belongs here. */
  adopts?(item: NewItem): boolean
}

export class Channels {
  constructor(private readonly list: readonly Channel[]) {}

  of(item: NewItem): Channel | undefined {
    const isIts = ({ name, adopts }: Channel) => (item.channel === undefined ? (adopts?.(item) ?? false) : name === item.channel)
    return this.list.find(isIts)
  }

  rights(): string[] {
    return this.list.map(({ right }) => right)
  }

  isKnown = (item: NewItem): boolean => this.of(item) !== undefined
}

/** Reads the usual answer, a list of results by id; null if the body has no such list. */
export function listedResults<R extends Result>(list: unknown, read: (json: Json & Result) => R): R[] | null {
  if (!Array.isArray(list)) return null
  const isResult = (value: unknown): value is Json & Result =>
    isJson(value) && typeof value.id === 'string' && typeof value.outcome === 'string'
  return list.filter(isResult).map(read)
}
