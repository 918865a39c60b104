// Chance from a seed: the same seed gives the same throws, whatever version of anything is installed.

export class Dice {
  private state: number

  constructor(seed: number) {
    this.state = (Math.imul(seed + 1, 0x9e37_79b1) ^ 0x5bd1_e995) >>> 0
  }

  /** 32 bits (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b_79f5) >>> 0
    let mixed = this.state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** From 0 to one less than `sides`. */
  roll(sides: number): number {
    return Math.floor((this.next() / 2 ** 32) * sides)
  }

  oneIn(sides: number): boolean {
    return this.roll(sides) === 0
  }

  /** From `from` to one less than `until`. */
  between(from: number, until: number): number {
    return from + this.roll(until - from)
  }

  pick<T>(among: readonly T[]): T {
    const found = among[this.roll(among.length)]
    if (found === undefined) throw new Error('there is nothing to pick from')
    return found
  }

  /** One of the names, each as often as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][]
    let left = this.roll(entries.reduce((sum, [, weight]) => sum + weight, 0))
    for (const [name, weight] of entries) {
      left -= weight
      if (left < 0) return name
    }
    throw new Error('there is nothing to pick from')
  }
}
