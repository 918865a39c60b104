// Reads codes with ZXing, compiled to WebAssembly. A chunk of its own, so that a browser that reads codes by itself never
// loads it.
import { prepareZXingModule, readBarcodes, type ReadInputBarcodeFormat } from 'zxing-wasm/reader'
import wasmAddress from 'zxing-wasm/reader/zxing_reader.wasm?url'
import type { CodeFormat, Reader } from './format'

/** Pictures are made this wide at most: a code that fills a third of it still has four points for each of its squares. */
const WIDTH_MAX = 800

const NAMES: Record<CodeFormat, ReadInputBarcodeFormat> = {
  qr_code: 'QRCode',
  code_128: 'Code128',
  code_39: 'Code39',
  ean_13: 'EAN13',
  data_matrix: 'DataMatrix',
}

export async function openWasmReader(formats: readonly CodeFormat[]): Promise<Reader> {
  await prepareZXingModule({
    overrides: { locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasmAddress : prefix + path) },
    fireImmediately: true,
  })
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('this browser draws no pictures')
  const options = { formats: formats.map((format) => NAMES[format]), tryHarder: false, tryInvert: true, maxNumberOfSymbols: 4 }
  return {
    kind: 'wasm',
    async read(picture) {
      const { videoWidth, videoHeight } = picture
      if (videoWidth === 0) return []
      const scale = Math.min(1, WIDTH_MAX / videoWidth)
      canvas.width = Math.round(videoWidth * scale)
      canvas.height = Math.round(videoHeight * scale)
      context.drawImage(picture, 0, 0, canvas.width, canvas.height)
      const found = await readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), options)
      return found.filter(({ isValid }) => isValid).map(({ text }) => text)
    },
  }
}
