// Builds both sides into dist/.

import { build } from 'esbuild'

const { NODE_ENV = 'production' } = process.env
const common = {
  absWorkingDir: import.meta.dirname,
  bundle: true,
  format: 'esm',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': JSON.stringify(NODE_ENV) }
}

await Promise.all([
  build({
    ...common,
    entryPoints: ['client.tsx'],
    outdir: 'dist/client',
    // The element's code comes in parts, the network code only after consent.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    minify: NODE_ENV === 'production'
  }),
  build({
    ...common,
    entryPoints: ['server.tsx'],
    outdir: 'dist',
    platform: 'node',
    packages: 'external'
  })
])
