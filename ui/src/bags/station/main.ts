// The station and the phone page: joins the view of the bag stations with their keeper.
//
// Invariant: nothing is decided here; each key and button calls the keeper.
import { makeSound } from '../../engine/sounds'
import { startStation } from '../../engine/start'
import { BagKeeper } from './keeper'
import { View } from './view'

void startStation<BagKeeper>((root, keeper) => {
  const view = new View(
    root,
    {
      undo: () => keeper()?.undo(),
      close: () => keeper()?.close(),
      moveNow: () => keeper()?.moveNow(),
      move: (entry) => keeper()?.move(entry),
      dismiss: (entry) => keeper()?.dismiss(entry),
      dismissAll: () => keeper()?.dismissAll(),
      openAttention: (open) => keeper()?.openAttention(open),
      seen: (text) => keeper()?.onCode(text, 'scanner'),
    },
  )
  return {
    box: view.box,
    typed: (text) => view.typed(text),
    shortcuts: {
      undo: () => keeper()?.undo(),
      finish: () => keeper()?.close(),
      accept: () => keeper()?.moveNow(),
    },
    makeWorker: (around) => new BagKeeper(around, { render: (state) => view.render(state), makeSound }),
  }
})
