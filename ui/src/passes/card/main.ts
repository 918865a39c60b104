// A pass as a picture: saved, printed and handed to the phone's own share sheet.
//
// Invariants: the picture is made here from the drawing of the server, and sent to nobody; a browser that cannot share files
// shows no button for it.

/** How many points of the picture stand for one of the drawing: sharp on a phone, small enough to be sent. */
const SCALE = 2
const TYPE = 'image/png'

const card = document.getElementById('pass-card')

function button(id: string): HTMLElement | null {
  return document.getElementById(id)
}

function drawn(address: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image()
    image.onload = () => resolve(image)
    image.onerror = () => reject(new Error('the drawing did not come'))
    image.src = address
  })
}

async function picture(from: HTMLElement): Promise<File> {
  const image = await drawn(from.dataset.card ?? '')
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth * SCALE
  canvas.height = image.naturalHeight * SCALE
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, TYPE))
  if (!blob) throw new Error('the picture could not be made')
  return new File([blob], `${from.dataset.file ?? 'pass'}.png`, { type: TYPE })
}

function save(file: File): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** The picture is made ahead: a browser opens its share sheet only right after a touch. */
function offerToShare(from: HTMLElement, share: HTMLElement): void {
  if (typeof navigator.canShare !== 'function') return
  const sample = new File([''], 'pass.png', { type: TYPE })
  if (!navigator.canShare({ files: [sample] })) return
  share.hidden = false
  const made = picture(from)
  made.catch(() => (share.hidden = true))
  share.addEventListener('click', () => {
    void made.then((file) => navigator.share({ files: [file], text: share.dataset.text ?? '' })).catch(() => undefined)
  })
}

function begin(from: HTMLElement): void {
  const [savePng, share, print] = [button('save-png'), button('share'), button('print')]
  if (savePng) {
    savePng.hidden = false
    savePng.addEventListener('click', () => void picture(from).then(save))
  }
  if (print) {
    print.hidden = false
    print.addEventListener('click', () => window.print())
  }
  if (share) offerToShare(from, share)
}

if (card) begin(card)
