// How strong a new password is, while somebody types it: a field with `data-strength`, described by an element with
// `data-strength-words`. The server looks at it, so that the rule stands in one place; it keeps nothing.
//
// Invariant: an answer to an older text never shows after that to a newer one, and without an answer the form works.

const PAUSE_MS = 400

interface Look {
  score: number
  words: string | null
}

async function look(password: string, names: string, signal: AbortSignal): Promise<Look | null> {
  try {
    const response = await fetch('/api/v1/password-strength', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ password, names, language: document.documentElement.lang }),
      credentials: 'omit',
      signal,
    })
    return response.ok ? ((await response.json()) as Look) : null
  } catch {
    return null
  }
}

function follow(field: HTMLInputElement, told: HTMLElement): void {
  const usual = told.textContent ?? ''
  const meter = document.createElement('meter')
  meter.max = 4
  meter.low = 2
  meter.high = 3
  meter.optimum = 4
  meter.setAttribute('aria-label', told.dataset.words ?? '')
  meter.hidden = true
  told.before(meter)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | null = null
  const ask = async (): Promise<void> => {
    const own = new AbortController()
    asking = own
    const name = field.form?.querySelector<HTMLInputElement>('[data-strength-name]')?.value ?? ''
    const found = await look(field.value, `${field.dataset.names ?? ''} ${name}`, own.signal)
    if (own.signal.aborted || found === null) return
    meter.value = found.score
    meter.hidden = false
    told.textContent = found.words ?? usual
  }
  field.addEventListener('input', () => {
    clearTimeout(timer)
    asking?.abort()
    if (field.value.length > 0) {
      timer = setTimeout(() => void ask(), PAUSE_MS)
      return
    }
    meter.hidden = true
    told.textContent = usual
  })
}

export function showStrength(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLInputElement>('input[data-strength]')) {
    const told = document.getElementById(field.getAttribute('aria-describedby') ?? '')
    if (told) follow(field, told)
  }
}
