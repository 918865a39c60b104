// Small facts that a device keeps for all who use it, and the name of the station, which is one of them.
//
// Invariant: a browser that stores nothing forgets them when the page is left, and works all the same.

const NAME_CHARS_MAX = 64
const NAME = 'station'
/** Stored when somebody chose to go without a name, so that nobody is asked again. */
const ASKED = 'asked-for-station'

export function remembered(name: string): string {
  try {
    return localStorage.getItem(name) ?? ''
  } catch {
    return ''
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value)
  } catch {
    // Then it is forgotten.
  }
}

let name = ''
let isAsked = false

/** Takes the name from the address, otherwise the one that this device keeps. A phone that walks about has none. */
export function findStationName(mode: string): void {
  const asked = readName(new URLSearchParams(location.search).get(NAME) ?? '')
  if (asked) nameStation(asked)
  else if (mode !== 'scan') name = remembered(NAME)
  isAsked = mode === 'scan' || name !== '' || remembered(ASKED) !== ''
}

/** Invisible characters are not part of a name: the server would refuse every scan that has them. */
function readName(text: string): string {
  return text.replace(/\p{C}/gu, '').trim().slice(0, NAME_CHARS_MAX)
}

export function nameStation(text: string): void {
  name = readName(text)
  isAsked = true
  remember(NAME, name)
  remember(ASKED, 'true')
}

export function stationName(): string {
  return name
}

/** True if nobody has said yet what this station is called. */
export function isUnnamed(): boolean {
  return !isAsked
}
