// Builds everything the browser gets, into ui/dist/, which the program embeds.
//
// Each page names its own entries, and the server finds the hashed file of an entry in
// dist/manifest.json by the source name below. Invariants: the station stays one script and one
// style sheet (no shared chunks), nothing is inlined as a data: address, and sw.js keeps its name,
// because a service worker is known by its address.
//
// `npm run build` then runs scripts/finish.mjs: it tells the service worker what to keep, and writes
// a .br and a .gz beside every text file.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: '/',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    target: ['chrome100', 'edge100', 'firefox110', 'safari15.4'],
    rollupOptions: {
      input: {
        station: 'src/station/main.ts',
        home: 'src/home/main.ts',
        app: 'src/app/main.ts',
        sw: 'src/sw.ts',
        house: 'styles/house.css',
        floor: 'styles/floor.css',
      },
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
})
