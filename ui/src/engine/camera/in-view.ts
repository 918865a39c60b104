// Which of the codes in a picture are new. A code that stays in view is read many times a second and counts once.
//
// Invariant: a code counts again only after it was out of view for a while; how often pictures are read, and whether one
// of them was blurred, makes no difference. Pure: the time is handed in.

/** Shorter than anybody takes a code away and shows it again; longer than a few blurred pictures. */
export const GONE_MS = 1_500

export class InView {
  private readonly seenAtMs = new Map<string, number>()

  constructor(private readonly goneMs = GONE_MS) {}

  /** The codes of one picture; gives those that were not in view. */
  see(codes: readonly string[], atMs: number): string[] {
    for (const [code, seenMs] of this.seenAtMs) if (atMs - seenMs > this.goneMs) this.seenAtMs.delete(code)
    const fresh = codes.filter((code, index) => !this.seenAtMs.has(code) && codes.indexOf(code) === index)
    for (const code of codes) this.seenAtMs.set(code, atMs)
    return fresh
  }

  /** Whatever is in view now counts as new. */
  forget(): void {
    this.seenAtMs.clear()
  }
}
