// Builds everything that is published or served into dist/. Pages get dist/*.js, an eager part and
// lazy chunks; Node gets dist/node/*.js.

import { readFile, rm } from 'node:fs/promises'
import { build } from 'esbuild'

const NODE_REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

const oneNoise = { '@libp2p/noise': '@chainsafe/libp2p-noise' }

const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // One noise: @libp2p/webrtc brings the successor of the one that is asked for.
  alias: oneNoise
}

// What a page need not download: white space in style sheets, and a base of emoji that
// multiformats carries along, 1.4 kB of gzip that no address and no CID is written in.
const lean = {
  name: 'lean',
  setup(build) {
    build.onLoad({ filter: /src\/element\/(panel-)?styles\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/css`[^`]+`/g, squeeze),
      loader: 'ts'
    }))
    build.onLoad({ filter: /multiformats\/.*\/base256emoji\.js$/ }, () => ({ contents: '' }))
  }
}

function squeeze(sheet) {
  return sheet
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/;}/g, '}')
}

await rm('dist', { recursive: true, force: true })

await Promise.all([
  build({
    ...common,
    platform: 'browser',
    alias: { ...oneNoise, '@multiformats/dns': './src/net/no-dns.ts' },
    minify: true,
    plugins: [lean],
    splitting: true,
    outdir: 'dist',
    entryPoints: {
      index: 'src/index.ts',
      element: 'src/element/index.ts',
      define: 'src/element/define.ts',
      // In the same build, so that page and element share one Lit: a second one would be refused
      // its Trusted Types policy.
      'demo/wallet': 'demo/wallet.ts'
    },
    chunkNames: 'chunks/[name]-[hash]'
  }),
  build({
    ...common,
    platform: 'node',
    target: 'node22.13',
    splitting: true,
    outdir: 'dist/node',
    external: ['node-datachannel'],
    banner: { js: NODE_REQUIRE },
    entryPoints: {
      index: 'src/index.ts',
      aggregator: 'src/aggregator/index.ts',
      relay: 'src/relay/index.ts'
    },
    chunkNames: 'chunks/[name]-[hash]'
  })
])
