// @vitest-environment node
// Proves that what a page has kept reaches the server once, for its person and in order, and that nothing is dropped unsaid,
// whatever becomes of network, tabs, sessions, disk and clock. SEED=n repeats one run and prints what happened;
// TALLYHOUSE_SEEDS=10000 runs more of them.
import './stage'
import { describe, expect, it } from 'vitest'
import { simulate } from './world'

const ONE = process.env.SEED
const SEEDS = ONE === undefined ? Number(process.env.TALLYHOUSE_SEEDS ?? 200) : 1
const FIRST = Number(ONE ?? process.env.TALLYHOUSE_SEEDS_FROM ?? 0)

describe('the queue of a browser', () => {
  it('loses_doubles_and_hides_nothing_in_any_seed', { timeout: 24 * 3_600_000 }, async () => {
    const failed: string[] = []
    let made = 0
    let decided = 0
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const outcome = await simulate(seed)
      made += outcome.made
      decided += outcome.decided
      if (ONE !== undefined) console.log(outcome.trace.join('\n'))
      if (outcome.faults.length > 0) failed.push(`SEED=${seed} npx vitest run tests/simulation: ${outcome.faults.join('; ')}`)
    }
    console.log(`${SEEDS} seeds: ${made} scans made, ${decided} decided, ${failed.length} seeds failed`)
    expect(failed).toEqual([])
    expect(ONE !== undefined || decided > SEEDS).toBe(true)
  })

  it('runs_the_same_way_from_the_same_seed', async () => {
    for (const seed of [1, 2, 3]) {
      const first = await simulate(seed)
      expect((await simulate(seed)).trace).toEqual(first.trace)
    }
  })
})
