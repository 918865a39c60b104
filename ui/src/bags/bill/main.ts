// The bill station: joins its view with its keeper, and keeps the address at the bill that is shown.
//
// Invariant: the bill is read from the address, never from the shell, because a service worker serves
// the same shell for every bill.
import { makeSound } from '../../engine/sounds'
import { startStation } from '../../engine/start'
import { BillKeeper } from './keeper'
import { View } from './view'

function namedBill(): string {
  return new URLSearchParams(location.search).get('bill')?.trim() ?? ''
}

/** So a reload, or a sign-in that returns here, finds the same bill. */
function showInAddress(bill: string): void {
  if (bill === namedBill()) return
  const address = new URL(location.href)
  if (bill === '') address.searchParams.delete('bill')
  else address.searchParams.set('bill', bill)
  history.replaceState(history.state, '', address)
}

void startStation<BillKeeper>((root, keeper) => {
  const view = new View(
    root,
    {
      undo: () => keeper()?.undo(),
      complete: () => keeper()?.complete(),
      reopen: () => keeper()?.reopen(),
      leaveBill: () => keeper()?.leaveBill(),
      choose: (number) => keeper()?.choose(number),
      remove: (code) => keeper()?.remove(code),
      registerNow: () => keeper()?.registerNow(),
      register: (entry) => keeper()?.register(entry),
      dismiss: (entry) => keeper()?.dismiss(entry),
      dismissAll: () => keeper()?.dismissAll(),
      openAttention: (open) => keeper()?.openAttention(open),
    },
  )
  return {
    box: view.box,
    typed: (text) => view.typed(text),
    shortcuts: {
      undo: () => keeper()?.undo(),
      finish: () => keeper()?.complete(),
      accept: () => keeper()?.registerNow(),
      clear: () => keeper()?.clear(),
    },
    makeWorker: (around) =>
      new BillKeeper(around, { render: (state) => view.render(state), makeSound }, namedBill(), showInAddress),
  }
})
