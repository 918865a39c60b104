// What reads codes in a picture: the browser itself where it can, otherwise WebAssembly from our own host, which is loaded
// only then.

import type { CodeFormat, Reader } from './format'

interface Detector {
  detect(picture: CanvasImageSource): Promise<{ rawValue: string }[]>
}

interface DetectorClass {
  new (options: { formats: readonly string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

async function browserReader(formats: readonly CodeFormat[]): Promise<Reader | null> {
  const Detector = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  if (!Detector) return null
  try {
    const known = await Detector.getSupportedFormats()
    if (!formats.every((format) => known.includes(format))) return null
    const detector = new Detector({ formats })
    return {
      kind: 'browser',
      async read(picture) {
        const found = await detector.detect(picture)
        return found.map(({ rawValue }) => rawValue).filter(Boolean)
      },
    }
  } catch {
    return null
  }
}

/** Opens the best reader that this browser has. It fails if the one of our host cannot be loaded. */
export async function openReader(formats: readonly CodeFormat[]): Promise<Reader> {
  const own = await browserReader(formats)
  if (own) return own
  const { openWasmReader } = await import('./wasm-reader')
  return openWasmReader(formats)
}
