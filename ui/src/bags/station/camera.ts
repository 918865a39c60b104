// The camera of a phone as one more scanner: what it reads goes where the keys of a scanner go.
//
// Invariants: nothing of it is loaded before somebody asks for it; a code that stays in view is read once; without a camera
// everything else works.
import type { Camera, CameraFault, CameraState } from '../../engine/camera/camera'
import type { CodeFormat } from '../../engine/camera/format'
import { el, setData, setText } from '../../engine/dom'
import { t, type Key } from '../phrases'

/** What labels of bags are printed as. */
const FORMATS: readonly CodeFormat[] = ['qr_code', 'code_128', 'code_39', 'ean_13', 'data_matrix']
const FAULTS: Record<CameraFault, Key> = {
  insecure: 'parent-camera-insecure',
  refused: 'parent-camera-refused',
  none: 'parent-camera-none',
  reader: 'parent-camera-reader',
  broken: 'parent-camera-broken',
}

export class ScanCamera {
  readonly key = el('button', { id: 'key-camera', class: 'button', type: 'button', 'aria-pressed': 'false' })
  private readonly video = el('video', { muted: true, playsinline: true, 'aria-hidden': 'true' })
  private readonly note = el('p', { role: 'status' })
  readonly finder = el('div', { id: 'finder', class: 'finder', hidden: true }, this.video, this.note)
  private camera: Camera | null = null
  private state: CameraState = { kind: 'off' }

  constructor(
    private readonly root: HTMLElement,
    private readonly onCode: (text: string) => void,
  ) {
    this.key.addEventListener('click', () => void this.toggle())
  }

  label(): void {
    this.show(this.state)
  }

  private async toggle(): Promise<void> {
    if (this.camera?.isOn) return this.camera.stop()
    this.show({ kind: 'starting' })
    try {
      this.camera ??= await this.load()
    } catch {
      return this.show({ kind: 'fault', fault: 'reader' })
    }
    await this.camera.start()
  }

  private async load(): Promise<Camera> {
    const { Camera } = await import('../../engine/camera/camera')
    const { video } = this
    return new Camera({ video, formats: FORMATS, onCode: ({ text }) => this.onCode(text), onState: (state) => this.show(state) })
  }

  private show(state: CameraState): void {
    this.state = state
    const isOn = state.kind === 'on' || state.kind === 'starting'
    setData(this.root, 'camera', state.kind)
    this.key.setAttribute('aria-pressed', String(isOn))
    setText(this.key, t(isOn ? 'parent-camera-stop' : 'parent-camera'))
    this.finder.hidden = state.kind === 'off'
    this.video.hidden = state.kind === 'fault'
    setText(this.note, state.kind === 'fault' ? t(FAULTS[state.fault]) : state.kind === 'starting' ? t('parent-camera-starting') : '')
  }
}
