// Builds everything that is published or served into dist/. Pages get dist/*.js, an eager part and
// lazy chunks, and dist/frame.html for a frame of its own; Node gets dist/node/*.js. Prints what a page
// downloads, part by part, and writes it to dist/sizes.json, for the budgets to be held against. The
// pages' files are there twice: small, and as dist/readable, for whoever wants to know what they do.

import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { frameDocument } from './src/package/frame-document.ts'
import { publish } from './src/package/publish.ts'
import { ownSourceMap } from './src/package/source-map.ts'

const NODE_REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

// Smaller ones that take the place of whole packages in a page; each says why it may.
const standIns = {
  '@libp2p/logger': './src/net/stand-ins/logger.ts',
  '@multiformats/dns': './src/net/stand-ins/dns.ts',
  '@noble/curves/secp256k1.js': './src/net/stand-ins/secp256k1.ts'
}

const oneNoise = { '@libp2p/noise': '@chainsafe/libp2p-noise' }

const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  metafile: true,
  // The same files come out wherever the packages lie.
  preserveSymlinks: true,
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
    build.onLoad({ filter: /src\/element\/(host-|panel-)?styles\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/css`[^`]+`/g, squeeze),
      loader: 'ts'
    }))
    build.onLoad({ filter: /multiformats\/.*\/base256emoji\.js$/ }, () => ({ contents: '' }))
  }
}

// Parts of libp2p that cannot be left out by any option, and that a node which only dials never uses.
const IDLE =
  /\/(transport\/(discovery|listener|reservation-store)|reconnect-queue|random-walk|private-to-private\/(listener|signaling-stream-handler))\.js$/

// Where js-libp2p takes the browser's WebRTC from.
const PEER_CONNECTION = /@libp2p\/webrtc\/dist\/src\/webrtc\/index\.js$/

const standing = {
  name: 'standing',
  setup(build) {
    build.onResolve({ filter: /\.js$/ }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path)
      if (IDLE.test(file)) return { path: resolve('src/net/stand-ins/idle.ts') }
      if (PEER_CONNECTION.test(file))
        return { path: resolve('src/net/stand-ins/peer-connection.ts') }
    })
  }
}

function squeeze(sheet) {
  return sheet
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/;}/g, '}')
}

// What the element leads a page to load, in the order of loading: each part by the source it begins
// with. A file that two parts need belongs to the first of them.
const PARTS = {
  eager: 'src/element/define.ts',
  client: 'src/client/index.ts',
  face: 'src/element/face.ts',
  english: 'src/element/messages/en.ts',
  chinese: 'src/element/messages/zh.ts',
  arabic: 'src/element/messages/ar.ts',
  panel: 'src/element/panel.ts',
  tab: 'src/client/tab.ts',
  network: 'src/client/runtime.ts',
  'rpc-head': 'src/client/rpc-head.ts',
  'frame-port': 'src/client/frame/connect-in-frame.ts'
}

await rm('dist', { recursive: true, force: true })

const pages = {
  ...common,
  platform: 'browser',
  alias: { ...oneNoise, ...standIns },
  plugins: [lean, standing],
  splitting: true,
  entryPoints: {
    index: 'src/index.ts',
    element: 'src/element/index.ts',
    define: 'src/element/define.ts'
  },
  chunkNames: 'chunks/[name]-[hash]'
}

const small = { ...pages, minify: true, sourcemap: true }
const frameEntry = 'src/client/frame/main.ts'

const [page, frame, dashboard, node] = await Promise.all([
  build({
    ...small,
    outdir: 'dist',
    // In the same build, so that page and element share one Lit: a second one would be refused
    // its Trusted Types policy.
    entryPoints: {
      ...pages.entryPoints,
      'demo/wallet': 'demo/wallet.ts',
      'demo/playground': 'demo/playground.ts'
    }
  }),
  // One classic script within a document: it imports nothing.
  build({
    ...small,
    format: 'iife',
    splitting: false,
    // It is hosted alone: licences go along, and dist/readable/frame.js is for whoever reads it.
    legalComments: 'eof',
    sourcemap: false,
    write: false,
    outdir: 'dist',
    entryPoints: { frame: frameEntry }
  }),
  build({
    ...common,
    platform: 'browser',
    minify: true,
    outdir: 'dist/dashboard/assets',
    entryPoints: {
      dashboard: 'src/dashboard/main.ts',
      'dashboard-styles': 'src/dashboard/styles/dashboard.css'
    }
  }),
  build({
    ...common,
    platform: 'node',
    target: 'node22.13',
    splitting: true,
    // Half a megabyte that every install would carry; names stay, so that traces can be read.
    minifyWhitespace: true,
    lineLimit: 160,
    outdir: 'dist/node',
    external: ['node-datachannel'],
    banner: { js: NODE_REQUIRE },
    entryPoints: {
      index: 'src/index.ts',
      element: 'src/element/without-document.ts',
      aggregator: 'src/aggregator/index.ts',
      relay: 'src/relay/index.ts',
      cli: 'src/cli/cli.ts',
      // The store's thread is a file of its own; the store beside it is what tests of it open.
      store: 'src/aggregator/store/index.ts',
      'store-worker': 'src/aggregator/store/worker.ts'
    },
    chunkNames: 'chunks/[name]-[hash]'
  }),
  // Here the frame's script shares its files with the page's: both are the same code.
  build({
    ...pages,
    outdir: 'dist/readable',
    entryPoints: { ...pages.entryPoints, frame: frameEntry }
  })
])

await copyFile('src/dashboard/index.html', 'dist/dashboard/index.html')
const [script] = frame.outputFiles
const frameSource = await readFile('src/client/frame/frame.html', 'utf8')
await writeFile('dist/frame.html', frameDocument(frameSource, script.text))

const parts = [...partsOf(page.metafile.outputs), { part: 'frame', files: ['dist/frame.html'] }]
const sizes = await Promise.all(parts.map(measure))
for (const { part, bytes, files } of sizes) {
  const size = bytes.toLocaleString('en').padStart(7)
  console.log(`${part.padEnd(10)} ${size} bytes gz, files: ${files.length}`)
}
const pageOfOperator = Object.keys(dashboard.metafile.outputs).filter((file) =>
  /\.(js|css)$/.test(file)
)
const { bytes } = await measure({
  part: 'dashboard',
  files: [...pageOfOperator, 'dist/dashboard/index.html']
})
console.log(`dashboard ${bytes.toLocaleString('en').padStart(6)} bytes gz`)
await writeFile('dist/sizes.json', `${JSON.stringify(sizes, null, 2)}\n`)
await Promise.all(Object.keys(page.metafile.outputs).filter(isMap).map(slim))
await writeCdnFile()
await publish('dist', {
  page: page.metafile,
  frame: frame.metafile,
  dashboard: dashboard.metafile,
  node: node.metafile
})

function partsOf(outputs) {
  const taken = new Set()
  const take = (file) => {
    if (taken.has(file)) return []
    taken.add(file)
    const needed = outputs[file].imports.filter(({ kind }) => kind === 'import-statement')
    return [file, ...needed.flatMap(({ path }) => take(path))]
  }
  return Object.entries(PARTS).map(([part, source]) => {
    const first = Object.keys(outputs).find((file) => outputs[file].entryPoint === source)
    if (first === undefined) throw new Error(`nothing is built that begins with ${source}`)
    return { part, files: take(first) }
  })
}

async function measure({ part, files }) {
  const sizes = files.map(async (file) => gzipSync(await readFile(file), { level: 9 }).byteLength)
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  return { part, bytes, files: files.map((file) => file.replace('dist/', '')) }
}

// The entry for pages without a build: beside the chunks, so that it needs no import map.
async function writeCdnFile() {
  const text = await readFile('dist/define.js', 'utf8')
  await mkdir('dist/cdn')
  await writeFile(
    'dist/cdn/fil-heartbeat.js',
    text.replaceAll('"./chunks/', '"../chunks/').replace(/\/\/# sourceMappingURL.*\n/, '')
  )
}

function isMap(file) {
  return file.endsWith('.map')
}

async function slim(file) {
  const map = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify(ownSourceMap(map)))
}
