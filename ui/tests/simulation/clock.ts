// Time as the simulation lets it pass, and everything that waits for it: timers, and the tasks of a browser's event loop.
//
// Invariant: nothing happens between two tasks but the promises that the first one settled, so the same seed runs the same
// tasks in the same order.

export const START_MS = Date.UTC(2026, 10, 21, 6, 10)

interface Timer {
  atMs: number
  order: number
  work: () => void
}

const realImmediate = globalThis.setImmediate
/** Ends when every promise that can go on has gone on. */
const promisesRest = () => new Promise<void>((resolve) => realImmediate(resolve))

export class Clock {
  /** Rises steadily, as the clock of timers does. */
  steadyMs = START_MS
  /** By how much the device's clock is off. */
  offMs = 0
  /** Called between two tasks: what comes at any moment, such as the end of a page, may come here. True if something came. */
  between: () => boolean = () => false
  private timers: Timer[] = []
  private tasks: (() => void)[] = []
  private order = 0

  /** As the device's clock shows it. */
  shownMs(): number {
    return this.steadyMs + this.offMs
  }

  /** Runs the work after a while; the result is for `cancel`. */
  after(delayMs: number, work: () => void): Timer {
    this.order += 1
    const timer = { atMs: this.steadyMs + Math.max(0, delayMs), order: this.order, work }
    let at = this.timers.length
    while (at > 0 && (this.timers[at - 1] as Timer).atMs > timer.atMs) at -= 1
    this.timers.splice(at, 0, timer)
    return timer
  }

  cancel(timer: unknown): void {
    const at = this.timers.indexOf(timer as Timer)
    if (at >= 0) this.timers.splice(at, 1)
  }

  /** Runs the work as the next task, as `setImmediate` does. */
  soon(work: () => void): void {
    this.tasks.push(work)
  }

  /** Runs tasks until there are none. */
  private async settle(): Promise<void> {
    await promisesRest()
    for (;;) {
      const task = this.tasks.shift()
      if (!task) return
      task()
      await promisesRest()
      if (this.between()) await promisesRest()
    }
  }

  /** Lets time pass. */
  async pass(spanMs: number): Promise<void> {
    const endMs = this.steadyMs + spanMs
    await this.settle()
    for (;;) {
      const [timer] = this.timers
      if (!timer || timer.atMs > endMs) break
      this.timers.shift()
      this.steadyMs = timer.atMs
      timer.work()
      await this.settle()
    }
    this.steadyMs = endMs
  }
}
