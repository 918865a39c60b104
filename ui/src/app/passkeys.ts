// Passkeys: a form with `data-passkey` asks the browser for one before it is sent. `create` registers one, `get` shows one.
// What the browser needs comes from the address in `data-options`, and what it made goes into fields of the form.
//
// Invariants: nothing of a key stays on the page; where the browser has no passkeys, the form is hidden and the page says
// so; whoever cancels can try again.

interface Options {
  challenge: string
  site: string
  timeout: number
  allowed?: string[]
  site_name?: string
  user?: string
  name?: string
  called?: string
  algorithms?: number[]
  excluded?: string[]
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (one) => one.charCodeAt(0))
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function keys(ids: string[] | undefined): PublicKeyCredentialDescriptor[] {
  return (ids ?? []).map((id) => ({ type: 'public-key', id: bytes(id) }))
}

async function created(options: Options): Promise<Record<string, string>> {
  const { challenge, site, timeout } = options
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: bytes(challenge),
      rp: { id: site, name: options.site_name ?? site },
      user: { id: bytes(options.user ?? ''), name: options.name ?? '', displayName: options.called ?? '' },
      pubKeyCredParams: (options.algorithms ?? []).map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: keys(options.excluded),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
      timeout,
    },
  })) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  return { client_data: text(response.clientDataJSON), attestation: text(response.attestationObject) }
}

async function shown(options: Options): Promise<Record<string, string>> {
  const { challenge, site, timeout, allowed } = options
  const made = (await navigator.credentials.get({
    publicKey: {
      challenge: bytes(challenge),
      rpId: site,
      allowCredentials: keys(allowed),
      userVerification: 'required',
      timeout,
    },
  })) as PublicKeyCredential
  const response = made.response as AuthenticatorAssertionResponse
  return {
    credential: text(made.rawId),
    client_data: text(response.clientDataJSON),
    authenticator: text(response.authenticatorData),
    signature: text(response.signature),
  }
}

async function ask(form: HTMLFormElement): Promise<void> {
  const answer = await fetch(form.dataset.options ?? '', { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(`status ${String(answer.status)}`)
  const options = (await answer.json()) as Options
  const fields = form.dataset.passkey === 'create' ? await created(options) : await shown(options)
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements.namedItem(name)
    if (field instanceof HTMLInputElement) field.value = value
  }
  form.submit()
}

function follow(form: HTMLFormElement): void {
  const told = form.querySelector<HTMLElement>('[data-passkey-fault]')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const button = form.querySelector<HTMLButtonElement>('button')
    if (button !== null) button.disabled = true
    if (told !== null) told.hidden = true
    ask(form).catch(() => {
      if (button !== null) button.disabled = false
      if (told !== null) told.hidden = false
    })
  })
}

const isThere = typeof PublicKeyCredential === 'function'
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  form.hidden = !isThere
  if (isThere) follow(form)
}
for (const told of document.querySelectorAll<HTMLElement>('[data-passkey-none]')) told.hidden = isThere

export {}
