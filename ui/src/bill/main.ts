// The bill station: joins its view with its keeper, and keeps the address at the bill that is shown.
//
// Invariant: the bill is read from the address, never from the shell, because a service worker gives
// the same shell for every bill.
import { makeSound } from '../station/sounds'
import { startStation, stationName } from '../station/start'
import { BillDesk } from './desk'
import { View } from './view'

function namedBill(): string {
  return new URLSearchParams(location.search).get('bill')?.trim() ?? ''
}

/** A reload, and a sign-in that comes back here, find the same bill. */
function showInAddress(bill: string): void {
  if (bill === namedBill()) return
  const address = new URL(location.href)
  if (bill === '') address.searchParams.delete('bill')
  else address.searchParams.set('bill', bill)
  history.replaceState(history.state, '', address)
}

void startStation<BillDesk>((root, desk) => {
  const station = stationName('bill')
  const view = new View(
    root,
    {
      undo: () => desk()?.undo(),
      complete: () => desk()?.complete(),
      reopen: () => desk()?.reopen(),
      leaveBill: () => desk()?.leaveBill(),
      choose: (number) => desk()?.choose(number),
      remove: (code) => desk()?.remove(code),
      registerNow: () => desk()?.registerNow(),
      register: (entry) => desk()?.register(entry),
      dismiss: (entry) => desk()?.dismiss(entry),
      openAttention: (open) => desk()?.openAttention(open),
    },
    station,
  )
  return {
    station,
    box: view.box,
    typed: (text) => view.typed(text),
    shortcuts: {
      undo: () => desk()?.undo(),
      close: () => desk()?.complete(),
      move: () => desk()?.registerNow(),
      clear: () => desk()?.clear(),
    },
    makeWorker: (around) =>
      new BillDesk(around, { render: (state) => view.render(state), makeSound }, namedBill(), showInAddress),
  }
})
