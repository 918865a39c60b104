// What modules of the pages read while they are loaded, before there is any page. Imported before them.
import 'fake-indexeddb/auto'

Object.assign(globalThis, { document: { documentElement: { dataset: {} }, visibilityState: 'visible', hidden: false } })
