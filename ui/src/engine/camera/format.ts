// What a reader of codes is, and which kinds of codes there are.
/** Names as the browser's BarcodeDetector has them. */
export type CodeFormat = 'qr_code' | 'code_128' | 'code_39' | 'ean_13' | 'data_matrix'

export interface Reader {
  /** Shown to who looks for the cause of a slow device. */
  readonly kind: 'browser' | 'wasm'
  /** The texts of all codes in a picture. */
  read(picture: HTMLVideoElement): Promise<string[]>
}
