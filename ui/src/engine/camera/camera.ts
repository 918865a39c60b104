// A camera that reads codes: asks for the one on the back, reads picture after picture, and tells each code once for as
// long as it stays in view.
//
// Invariants: one picture is read at a time, so a slow device reads fewer and never falls behind; a camera that was stopped,
// or whose page is hidden, reads nothing and lets go of the device; codes of a label are told as they are, in their case.
import { InView } from './in-view'
import type { CodeFormat, Reader } from './format'
import { openReader } from './reader'

/** Why there is no picture, in the order in which people can do something about it. */
export type CameraFault = 'insecure' | 'refused' | 'none' | 'reader' | 'broken'

export type CameraState = { kind: 'off' } | { kind: 'starting' } | { kind: 'on'; reader: Reader['kind'] } | { kind: 'fault'; fault: CameraFault }

/** A code, and when the picture that shows it was taken, on the clock of `performance.now()`. */
export interface SeenCode {
  text: string
  pictureAtMs: number
}

export interface CameraDeps {
  video: HTMLVideoElement
  formats: readonly CodeFormat[]
  onCode(seen: SeenCode): void
  onState(state: CameraState): void
}

const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 } }

function faultOf(error: unknown): CameraFault {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused'
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'none' : 'broken'
}

export class Camera {
  private stream: MediaStream | null = null
  private reader: Reader | null = null
  /** Counts up with each start and stop, so that what belongs to an earlier start ends. */
  private turn = 0
  private isWanted = false
  private facing: 'environment' | 'user' = 'environment'
  private readonly inView = new InView()

  constructor(private readonly deps: CameraDeps) {
    document.addEventListener('visibilitychange', () => {
      if (!this.isWanted) return
      if (document.visibilityState === 'hidden') this.release()
      else void this.open()
    })
  }

  get isOn(): boolean {
    return this.isWanted
  }

  start(): Promise<void> {
    this.isWanted = true
    return this.open()
  }

  stop(): void {
    this.isWanted = false
    this.release()
    this.deps.onState({ kind: 'off' })
  }

  /** The other camera of a phone. */
  turnRound(): Promise<void> {
    this.facing = this.facing === 'environment' ? 'user' : 'environment'
    this.release()
    return this.start()
  }

  /** True if the camera has a light. */
  hasLight(): boolean {
    const able = this.stream?.getVideoTracks()[0]?.getCapabilities?.() as { torch?: boolean } | undefined
    return able?.torch === true
  }

  async light(isOn: boolean): Promise<void> {
    const wish = { advanced: [{ torch: isOn }] } as unknown as MediaTrackConstraints
    await this.stream?.getVideoTracks()[0]?.applyConstraints(wish).catch(() => undefined)
  }

  private release(): void {
    this.turn += 1
    this.stream?.getTracks().forEach((track) => track.stop())
    this.stream = null
    this.deps.video.srcObject = null
    this.inView.forget()
  }

  private fail(fault: CameraFault): void {
    this.release()
    this.deps.onState({ kind: 'fault', fault })
  }

  private async open(): Promise<void> {
    if (this.stream) return
    this.turn += 1
    const { turn } = this
    // A browser gives no camera to a page that came without TLS.
    if (!navigator.mediaDevices?.getUserMedia) return this.fail('insecure')
    this.deps.onState({ kind: 'starting' })
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: this.facing, ...WANTED }, audio: false })
      if (turn !== this.turn) return stream.getTracks().forEach((track) => track.stop())
      this.stream = stream
      stream.getVideoTracks()[0]?.addEventListener('ended', () => turn === this.turn && this.fail('broken'))
      this.deps.video.srcObject = stream
      await this.deps.video.play()
    } catch (error) {
      if (turn === this.turn) this.fail(faultOf(error))
      return
    }
    try {
      this.reader ??= await openReader(this.deps.formats)
    } catch {
      if (turn === this.turn) this.fail('reader')
      return
    }
    if (turn !== this.turn) return
    this.deps.onState({ kind: 'on', reader: this.reader.kind })
    this.readNext(this.reader, turn)
  }

  private readNext(reader: Reader, turn: number): void {
    if (turn !== this.turn) return
    const { video } = this.deps
    const next = (pictureAtMs: number) => void this.readOne(reader, turn, pictureAtMs)
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback((now, { captureTime }) => next(captureTime ?? now))
    else requestAnimationFrame(next)
  }

  private async readOne(reader: Reader, turn: number, pictureAtMs: number): Promise<void> {
    if (turn !== this.turn) return
    // One picture that cannot be read is no reason to stop.
    const found = await reader.read(this.deps.video).catch(() => [])
    if (turn !== this.turn) return
    for (const text of this.inView.see(found, performance.now())) this.deps.onCode({ text, pictureAtMs })
    this.readNext(reader, turn)
  }
}
