// What a scanner adds to a code, and what nobody can see in it.
//
// Invariant: nothing is taken out of a code without saying so: an invisible character between two parts would
// glue them into a code that is on no label.

/** ISO/IEC 15424: which symbology a scanner has read, such as `]C1` for GS1-128. No code of ours begins like it. */
const AIM = /^\][A-Z][0-9A-Z]/i
/** Control and format characters, blanks that are no space, and fillers. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u1160\u3164\uffa0]/gu
const NAMES: Record<string, string> = {
  '\u001c': 'FS',
  '\u001d': 'GS',
  '\u001e': 'RS',
  '\u001f': 'US',
  '\u0004': 'EOT',
  '\u00a0': 'NBSP',
  '\u00ad': 'SHY',
  '\u200b': 'ZWSP',
  '\ufeff': 'BOM',
}

export function withoutAim(code: string): string {
  return code.replace(AIM, '')
}

function nameOf(character: string): string {
  return NAMES[character] ?? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** The code with every invisible character by its name, as in `KID1⟨GS⟩7`: it can be read, and is refused. */
export function inSight(code: string): string {
  return code.replace(HIDDEN, (character) => `⟨${nameOf(character)}⟩`)
}

/** The name of the first invisible character of a code that went through `inSight`, or nothing. */
export function hiddenIn(code: string): string {
  return /⟨(.+?)⟩/.exec(code)?.[1] ?? ''
}

const AROUND = /^[\s\p{Cc}]+|[\s\p{Cc}]+$/gu

/** A code as the rules see it: without what is around it and the mark of its symbology, in upper case. */
export function readCode(text: string): string {
  return inSight(withoutAim(text.replace(AROUND, '')).replace(AROUND, '').toUpperCase())
}
