// Reads the code of a pass without a network: the compact one by its signature and a public key, that of E-Pass by the
// hash of its signature, which the device's list holds. Neither needs a secret.
//
// Invariant: this says no more than the server would (crates/passes/rules/src/payload); a code of another form is none.

/** Longest code that is looked at, in characters. */
export const CODE_CHARS_MAX = 1024
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const PREFIX = 'TP1'
const BODY_BYTES = 32
const WHOLE_BYTES = 96
const EPASS = /^\{"id": "([A-Za-z0-9_-]{1,64})", "sig": "([0-9A-Fa-f]{64})"\}$/

export interface PublicKey {
  id: number
  public: string
  is_revoked: boolean
}

/** What a code says; `unsure` where this browser cannot check it. */
export type Read =
  | { kind: 'compact'; pass: string; event: number; people: number; madeMinute: number; untilMinute: number }
  | { kind: 'epass'; pass: string; hash: string }
  | { kind: 'bad_code' | 'tampered' | 'revoked' | 'unsure' }

function bytesOfBase32(text: string): Uint8Array | null {
  const out: number[] = []
  let held = 0
  let bits = 0
  for (const char of text) {
    const digit = DIGITS.indexOf(char)
    if (digit < 0) return null
    held = ((held << 5) | digit) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    out.push((held >> bits) & 255)
  }
  // What is left over is filled up with zeros, and is less than a character: another spelling is no code.
  if (bits >= 5 || (held & ((1 << bits) - 1)) !== 0) return null
  return new Uint8Array(out)
}

function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

async function readCompact(text: string, keys: readonly PublicKey[]): Promise<Read> {
  const bytes = bytesOfBase32(text.slice(PREFIX.length))
  if (bytes?.length !== WHOLE_BYTES) return { kind: 'bad_code' }
  const view = new DataView(bytes.buffer)
  const key = keys.find(({ id }) => id === view.getUint16(0))
  if (!key) return { kind: 'tampered' }
  const signed = new Uint8Array([...new TextEncoder().encode(PREFIX), ...bytes.slice(0, BODY_BYTES)])
  try {
    const known = await crypto.subtle.importKey('raw', bytesOfHex(key.public), { name: 'Ed25519' }, false, ['verify'])
    const isRight = await crypto.subtle.verify({ name: 'Ed25519' }, known, bytes.slice(BODY_BYTES), signed)
    if (!isRight) return { kind: 'tampered' }
  } catch {
    return { kind: 'unsure' }
  }
  if (key.is_revoked) return { kind: 'revoked' }
  const pass = uuidOf(bytes.slice(6, 22))
  const [people, madeMinute, untilMinute] = [view.getUint8(22), view.getUint32(23), view.getUint32(27)]
  return { kind: 'compact', pass, event: view.getUint32(2), people, madeMinute, untilMinute }
}

async function readEpass(text: string): Promise<Read> {
  let json = ''
  try {
    json = atob(text)
  } catch {
    return { kind: 'bad_code' }
  }
  // Another spelling of the same bytes is no code of E-Pass.
  const [, pass, hex] = (btoa(json) === text && json.match(EPASS)) || []
  if (pass === undefined || hex === undefined) return { kind: 'bad_code' }
  if (/[A-F]/.test(hex)) return { kind: 'tampered' }
  if (!crypto.subtle) return { kind: 'unsure' }
  const hash = await crypto.subtle.digest('SHA-256', bytesOfHex(hex))
  return { kind: 'epass', pass, hash: base64url(new Uint8Array(hash)) }
}

/** True for a text that a scanner has read: people do not type such. */
export function looksLikeCode(text: string): boolean {
  return text.length > 40 && /^[A-Za-z0-9+/=_-]+$/.test(text)
}

/** A scanner types what the keyboard makes of it: with caps lock on, each letter has the other case. */
export function mended(text: string): string {
  const trimmed = text.trim()
  if (/^tp1[a-z2-7]+$/.test(trimmed)) return trimmed.toUpperCase()
  if (!trimmed.startsWith('EYjP')) return trimmed
  return trimmed.replace(/[A-Za-z]/g, (letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()))
}

export async function readCode(text: string, keys: readonly PublicKey[]): Promise<Read> {
  if (text.length > CODE_CHARS_MAX) return { kind: 'bad_code' }
  return text.startsWith(PREFIX) ? readCompact(text, keys) : readEpass(text)
}
