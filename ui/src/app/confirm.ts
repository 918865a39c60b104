// Forms that ask for a word before they do harm: `<form data-confirm="WORD">` with a text field
// `data-confirm-text`. The button stays off until the word is there.
//
// Invariant: only comfort: the server asks for the same word, and without script the button is on.

export function guardConfirmations(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-confirm]')) {
    const field = form.querySelector<HTMLInputElement>('[data-confirm-text]')
    const buttons = form.querySelectorAll<HTMLButtonElement>('button:not([type=button], [type=reset])')
    if (!field) continue
    const isRight = () => field.value.trim() === form.dataset.confirm
    const look = () => buttons.forEach((button) => (button.disabled = !isRight()))
    field.addEventListener('input', look)
    // A browser puts back what was typed when the page is come back to.
    window.addEventListener('pageshow', look)
    form.addEventListener('submit', (event) => {
      if (!isRight()) event.preventDefault()
    })
    look()
  }
}
