// Scan ids: UUID version 7, so that they sort by the time they were made.
//
// Invariant: two ids of one page are never equal and never sort backwards, even within one
// millisecond and even if the clock is set back.

let lastMs = 0
let lastCount = 0

export function uuidV7(nowMs: number, random: Uint8Array): string {
  if (nowMs > lastMs) {
    lastMs = nowMs
    lastCount = ((random[6] ?? 0) << 3) & 0x7ff
  } else if (lastCount === 0xfff) {
    lastMs += 1
    lastCount = 0
  } else {
    lastCount += 1
  }
  const bytes = new Uint8Array(16)
  bytes.set(random.subarray(0, 16))
  let rest = lastMs
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  bytes[6] = 0x70 | (lastCount >> 8)
  bytes[7] = lastCount & 0xff
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export function newScanId(): string {
  return uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(16)))
}
