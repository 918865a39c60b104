// Builds everything the browser gets, into ui/dist/, which the program embeds.
//
// Each page names its own entries, and the server finds the hashed file of an entry in
// dist/manifest.json by the source name below. Invariants: each station stays one script and one
// style sheet (no shared chunks, hence a build of its own for the bill station: `--mode bill`), nothing
// is inlined as a data: address, and sw.js keeps its name, because a service worker is known by its
// address.
//
// `npm run build` then runs scripts/finish.mjs: it joins the two manifests, gives the service worker
// its version, and writes a .br and a .gz beside every text file.
import { defineConfig } from 'vitest/config'
import { builtInWords } from './scripts/built-in.ts'

const HOUSE = {
  station: 'src/station/main.ts',
  home: 'src/home/main.ts',
  app: 'src/app/main.ts',
  sw: 'src/sw.ts',
  house: 'styles/house.css',
  floor: 'styles/floor.css',
}
const BILL = { bill: 'src/bill/main.ts', 'bill-floor': 'styles/bill.css' }

export default defineConfig(({ mode }) => ({
  base: '/',
  plugins: [builtInWords(mode === 'bill' ? 'bill' : 'station')],
  publicDir: mode === 'bill' ? false : 'public',
  build: {
    outDir: 'dist',
    emptyOutDir: mode !== 'bill',
    manifest: mode === 'bill' ? 'manifest-bill.json' : 'manifest.json',
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    target: ['chrome100', 'edge100', 'firefox110', 'safari15.4'],
    rollupOptions: {
      input: mode === 'bill' ? BILL : HOUSE,
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
}))
