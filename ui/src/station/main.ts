// The station and the phone page: joins the view of the bag stations with their keeper.
//
// Invariant: what a key or a button does, the keeper does; nothing is decided here.
import { Floor } from './floor'
import { makeSound } from './sounds'
import { startStation, stationName } from './start'
import { View } from './view'

void startStation<Floor>((root, floor) => {
  const station = stationName(root.dataset.mode ?? 'station')
  const view = new View(
    root,
    {
      undo: () => floor()?.undo(),
      close: () => floor()?.close(),
      moveNow: () => floor()?.moveNow(),
      move: (entry) => floor()?.move(entry),
      dismiss: (entry) => floor()?.dismiss(entry),
      openAttention: (open) => floor()?.openAttention(open),
    },
    station,
  )
  return {
    station,
    box: view.box,
    typed: (text) => view.typed(text),
    shortcuts: {
      undo: () => floor()?.undo(),
      close: () => floor()?.close(),
      move: () => floor()?.moveNow(),
    },
    makeWorker: (around) => new Floor(around, { render: (state) => view.render(state), makeSound }),
  }
})
