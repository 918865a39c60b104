// What the codes of a scanner look like, place by place: a letter, a digit or a sign.
//
// Invariant: only codes that came whole are learned, so what has a known shape is no half of a code.
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

  /** As longer codes begin, and no code itself as far as is known. */
  isBeginning(code: string): boolean {
    const shape = shapeOf(code)
    return !this.known.has(shape) && [...this.known].some((known) => known.startsWith(shape))
  }
}
