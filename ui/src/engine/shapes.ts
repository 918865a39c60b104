// What the codes of a scanner look like, character by character: a letter, a digit, or the character itself.
//
// Invariant: only whole codes are learned, so text of a known shape is never half a code.
const SHAPES_MAX = 64

function shapeOf(code: string): string {
  return code.replace(/[A-Z]/g, 'A').replace(/\d/g, '9')
}

export class Shapes {
  private readonly known = new Set<string>()

  learn(code: string): void {
    const shape = shapeOf(code)
    this.known.delete(shape)
    this.known.add(shape)
    const [oldest] = this.known
    if (oldest !== undefined && this.known.size > SHAPES_MAX) this.known.delete(oldest)
  }

  has(code: string): boolean {
    return this.known.has(shapeOf(code))
  }

  /** True if longer known codes begin like this and no known code looks like this. */
  isBeginning(code: string): boolean {
    const shape = shapeOf(code)
    return !this.known.has(shape) && [...this.known].some((known) => known.startsWith(shape))
  }
}
