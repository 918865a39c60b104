// Forms that ask for a word before they delete something: `<form data-confirm="WORD">` with a text field
// `data-confirm-text`. The button stays disabled until the word is there.
//
// Invariant: this is a convenience only. The server asks for the same word, and without script the button works.

/** A text as a page shows it: any run of blanks is one blank, and letters with marks are in one form. */
export function asShown(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim()
}

export function guardConfirmations(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-confirm]')) {
    const field = form.querySelector<HTMLInputElement>('[data-confirm-text]')
    const buttons = form.querySelectorAll<HTMLButtonElement>('button:not([type=button], [type=reset])')
    if (!field) continue
    const isRight = () => asShown(field.value) === asShown(form.dataset.confirm ?? '')
    const look = () => buttons.forEach((button) => (button.disabled = !isRight()))
    field.addEventListener('input', look)
    // A browser restores what was typed when somebody returns to the page.
    window.addEventListener('pageshow', look)
    form.addEventListener('submit', (event) => {
      if (!isRight()) event.preventDefault()
    })
    look()
  }
}
