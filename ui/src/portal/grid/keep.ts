// What was chosen is kept: for this tab at once, and with the server for the next sign-in.
//
// Invariant: what is kept of one account is never read for another.
import type { Calls } from './calls'
import type { Format } from './format'
import { readView, type View } from './view'

const PAUSE_MS = 600

export class Keeper {
  private timer = 0
  private waiting: { format: Format; view: View } | null = null
  private readonly name: string

  constructor(
    private readonly calls: Calls | null,
    account: string,
  ) {
    this.name = `stock-view-${account}`
    addEventListener('pagehide', () => this.flush(true))
  }

  /** What this tab last showed; null where it showed nothing. */
  ofTab(): View | null {
    try {
      const stored = sessionStorage.getItem(this.name)
      return stored === null ? null : readView(JSON.parse(stored))
    } catch {
      // Damaged, or nothing is stored in this browser.
      return null
    }
  }

  keep(view: View, format: Format): void {
    try {
      sessionStorage.setItem(this.name, JSON.stringify(view))
    } catch {
      // Kept by the server alone.
    }
    this.waiting = { format, view }
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.flush(false), PAUSE_MS) as unknown as number
  }

  private flush(isLeaving: boolean): void {
    clearTimeout(this.timer)
    if (!this.waiting || !this.calls) return
    const choices = this.waiting
    this.waiting = null
    void this.calls.raw('PUT', '/inventory/api/choices', choices, isLeaving)
  }
}
