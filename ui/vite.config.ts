// Builds everything the browser gets, into ui/dist/, which the program embeds.
//
// Each page names its own entries, and the server finds the hashed file of an entry in
// dist/manifest.json by the source names below. Invariants: each station stays one script and one
// style sheet (no shared chunks, so each station has a build of its own, such as `--mode bill`), nothing
// is inlined as a data: address, and sw.js keeps its name, because a service worker is identified by
// its address.
//
// `npm run build` first runs scripts/types.mjs, which writes the types of the API. Afterwards it runs
// scripts/finish.mjs, which joins the manifests, gives the service worker its version, and writes a
// .br and a .gz beside every text file.
import { defineConfig } from 'vitest/config'
import { builtInWords, type Built } from './scripts/built-in.ts'

/** What each build makes, by its mode. `production`, the mode without a name, makes the office pages and comes first. */
const INPUTS: Record<string, Record<string, string>> = {
  production: {
    app: 'src/app/main.ts',
    home: 'src/bags/home/main.ts',
    passkeys: 'src/app/passkeys.ts',
    sw: 'src/sw.ts',
    office: 'styles/office.css',
    passes: 'styles/passes.css',
    people: 'styles/people.css',
    customers: 'styles/customers.css',
    choose: 'src/portal/choose/main.ts',
    'pass-card': 'src/passes/card/main.ts',
    'pass-event': 'src/passes/event/main.ts',
  },
  station: { station: 'src/bags/station/main.ts', 'station-style': 'styles/station.css' },
  gate: { gate: 'src/passes/gate/main.ts', 'gate-style': 'styles/gate.css' },
  bill: { bill: 'src/bags/bill/main.ts', 'bill-style': 'styles/bill.css' },
  grid: { grid: 'src/portal/grid/main.ts', portal: 'styles/portal.css' },
}

export default defineConfig(({ mode }) => {
  const isFirst = INPUTS[mode] === undefined || mode === 'production'
  return {
    base: '/',
    plugins: isFirst || mode === 'grid' ? [] : [builtInWords(mode as Built)],
    publicDir: isFirst ? 'public' : false,
    build: {
      outDir: 'dist',
      emptyOutDir: isFirst,
      manifest: `manifest-${mode}.json`,
      assetsInlineLimit: 0,
      cssCodeSplit: true,
      modulePreload: false,
      target: ['chrome100', 'edge100', 'firefox110', 'safari15.4'],
      rollupOptions: {
        input: INPUTS[mode] ?? {},
        output: {
          entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
          chunkFileNames: 'assets/[name]-[hash].js',
          assetFileNames: 'assets/[name]-[hash][extname]',
        },
      },
    },
    test: {
      include: ['tests/**/*.test.ts'],
      environment: 'node',
    },
  }
})
