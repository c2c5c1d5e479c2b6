// The published package, as those who install it have it: packed, installed into an empty project,
// and built into a page that a browser opens.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { build as esbuild } from 'esbuild'
import { chromium } from 'playwright'
import { publint } from 'publint'
import { build as vite } from 'vite'
import { chromiumPath } from './kit/chromium.ts'
import { Consumer } from './kit/consumer.ts'
import { complaintsOf, serve } from './kit/example.ts'

const ROOT = join(import.meta.dirname, '..')

/** Of an installation, with everything that comes along; in bytes. */
const MAX_INSTALLED_BYTES = 15_000_000
const MAX_PACKAGES = 5

/** What is in the network code, and nowhere else: the name of the protocol that begins each stream. */
const NETWORK_CODE = '/multistream/1.0.0'

let consumer: Consumer

before(async () => {
  consumer = await Consumer.install()
})

after(async () => {
  await rm(consumer.folder, { recursive: true, force: true })
})

const readJson = (file: string) => JSON.parse(readFileSync(consumer.path(file), 'utf8'))

const filesIn = (folder: string, pattern = '**'): string[] =>
  globSync(pattern, { cwd: folder })
    .filter((file) => statSync(join(folder, file)).isFile())
    .sort()

const hashOf = (path: string): string =>
  `sha384-${createHash('sha384').update(readFileSync(path)).digest('base64')}`

test('installs at most five packages and 15 MB', () => {
  const folder = join(consumer.folder, 'node_modules')
  const packages = readFileSync(join(folder, '.package-lock.json'), 'utf8')
  const installed = Object.keys(JSON.parse(packages).packages).filter((path) =>
    existsSync(join(consumer.folder, path))
  )
  const bytes = filesIn(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
  assert.ok(installed.length > 1 && installed.length <= MAX_PACKAGES, installed.join(', '))
  assert.ok(bytes > 1_000_000 && bytes <= MAX_INSTALLED_BYTES, `${bytes} bytes are installed`)
})

test('publint and attw have nothing to say', async () => {
  const tarball = new Uint8Array(await readFile(consumer.tarball))
  const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true })
  assert.deepEqual(messages, [])
  // What a frame loads is nobody's to import.
  const result = await checkPackage(createPackageFromTarballData(tarball), {
    excludeEntrypoints: ['./frame.html']
  })
  assert.ok(result.types !== false, 'no types were found')
  // Modules alone are published, as libp2p's own packages are: what only CommonJS could use is no fault.
  const problems = result.problems.filter(
    (problem) => !('resolutionKind' in problem) || !/node10|cjs/.test(problem.resolutionKind)
  )
  assert.deepEqual(problems, [])
})

for (const [moduleResolution, module] of [
  ['nodenext', 'nodenext'],
  ['bundler', 'esnext']
]) {
  test(`the types compile by themselves, resolved as ${moduleResolution}`, async () => {
    const options = { moduleResolution, module, skipLibCheck: false }
    assert.equal(existsSync(join(consumer.folder, 'node_modules/libp2p')), false)
    assert.equal(await consumer.compile(['page.ts', 'server.ts'], options), '')
  })
}

test('the types of the library and the servers compile without those of a browser', async () => {
  await consumer.link('@types/node')
  const options = { moduleResolution: 'nodenext', module: 'nodenext', lib: ['es2024'] }
  assert.equal(
    await consumer.compile(['server.ts', 'node.ts'], { ...options, types: ['node'] }),
    ''
  )
})

test('the types fit libp2p, React, Vue and Svelte, and refuse what is misspelt', async () => {
  await consumer.link('libp2p', '@libp2p/interface', '@libp2p/interface-internal')
  await consumer.link('@types/react', 'vue', 'svelte')
  const files = ['libp2p.ts', 'react.tsx', 'vue.ts', 'svelte.ts']
  const jsx = { jsx: 'preserve', jsxImportSource: 'react' }
  const options = { moduleResolution: 'nodenext', module: 'nodenext', skipLibCheck: true, ...jsx }
  assert.equal(await consumer.compile(files, options), '')
})

test('the example in React compiles as the project that it is', async () => {
  await consumer.link('@types/node', '@types/react', '@types/react-dom')
  const folder = join(consumer.folder, 'react')
  await cp(join(ROOT, 'demo/examples/react'), folder, { recursive: true })
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  assert.equal(await consumer.run(compiler, '-p', folder), '')
})

test('the element can be imported by a server, and made only where there is a document', async () => {
  const script = `
    import { FilHeartbeatElement } from 'fil-heartbeat/element'
    try { new FilHeartbeatElement() } catch (error) { console.log(error.message) }`
  const said = await consumer.run('--input-type=module', '--eval', script)
  assert.equal(said, '<fil-heartbeat> needs a document\n')
})

test('importing any door in Node adds no global, prints nothing, and lets the program end', async () => {
  const doors = ['', '/element', '/define', '/aggregator', '/relay']
  const script = `
    const before = Object.getOwnPropertyNames(globalThis)
    for (const door of ${JSON.stringify(doors)}) await import('fil-heartbeat' + door)
    const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name))
    console.log('added:', added.join())`
  assert.equal(await consumer.run('--input-type=module', '--eval', script), 'added: \n')
})

test('the document of the frame is a door, and has its script and the hash of that', async () => {
  const said = await consumer.run(
    '--input-type=module',
    '--eval',
    "console.log(import.meta.resolve('fil-heartbeat/frame.html'))"
  )
  assert.match(said, /^file:.*\/dist\/frame\.html\n$/)
  const text = readFileSync(consumer.path('dist/frame.html'), 'utf8')
  const [, script = ''] = /<script>(.*)<\/script>/s.exec(text) ?? []
  assert.ok(script.length > 100_000, 'it has no script')
  const hash = createHash('sha256').update(script).digest('base64')
  assert.match(text, new RegExp(`script-src 'sha256-${hash.replaceAll('+', '\\+')}';`))
  assert.equal(readJson('dist/sri.json')['frame.html'], hashOf(consumer.path('dist/frame.html')))
  assert.ok(existsSync(consumer.path('dist/readable/frame.js')))
})

/** Imports of a built file, with or without those that wait until they are asked for. */
function importsOf(file: string, { lazy }: { lazy: boolean }): string[] {
  const text = readFileSync(file, 'utf8')
  const pattern = lazy
    ? /(?:\bfrom|\bimport|\bimport\()\s*["'`](\.[^"'`]+)/g
    : /(?:\bfrom|\bimport)\s*["'`](\.[^"'`]+)/g
  return [...text.matchAll(pattern)].map(([, path = '']) => join(dirname(file), path))
}

function reachable(file: string, kinds: { lazy: boolean }, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  assert.ok(existsSync(file), `${basename(file)} is imported, and is not there`)
  found.add(file)
  for (const next of importsOf(file, kinds)) reachable(next, kinds, found)
  return found
}

/** Asserts that a page which begins with a file gets the network code, but not at once. */
function assertLazyNetwork(entry: string): void {
  const holds = (file: string): boolean => readFileSync(file, 'utf8').includes(NETWORK_CODE)
  const eager = reachable(entry, { lazy: false })
  const all = reachable(entry, { lazy: true })
  assert.deepEqual([...eager].filter(holds), [])
  assert.equal([...all].filter(holds).length, 1)
  assert.match([...eager].map((file) => readFileSync(file, 'utf8')).join(), /fil-heartbeat/)
}

/** Asserts that a browser draws a built page, the panel's lazy code too, and complains of nothing. */
async function assertDrawn(folder: string): Promise<void> {
  await using site = await serve(folder, "'none'")
  await using browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: ['--no-sandbox']
  })
  const page = await browser.newPage()
  const complaints = complaintsOf(page)
  await page.goto(site.url)
  await page.getByRole('button', { name: /^Heartbeat: Reports unavailable/ }).click()
  await page.getByRole('dialog').getByText('where is the aggregator').waitFor()
  assert.deepEqual(complaints, [])
}

test('the CDN file and the readable one lead to every chunk, and to the network code lazily', () => {
  assertLazyNetwork(consumer.path('dist/cdn/fil-heartbeat.js'))
  assertLazyNetwork(consumer.path('dist/readable/define.js'))
})

test('a page built with esbuild is drawn, and loads the network code lazily', async () => {
  const outdir = join(consumer.folder, 'by-esbuild')
  await esbuild({
    absWorkingDir: consumer.folder,
    entryPoints: ['main.js'],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    logLevel: 'silent',
    outdir
  })
  assertLazyNetwork(join(outdir, 'main.js'))
  await cp(join(consumer.folder, 'index.html'), join(outdir, 'index.html'))
  await assertDrawn(outdir)
})

test('a page built with Vite is drawn, and loads the network code lazily', async () => {
  const outDir = join(consumer.folder, 'by-vite')
  await vite({
    root: consumer.folder,
    configFile: false,
    logLevel: 'silent',
    build: { outDir, emptyOutDir: false, rolldownOptions: { input: 'index.html' } }
  })
  const html = await readFile(join(outDir, 'index.html'), 'utf8')
  const [, entry = ''] = html.match(/src="\/([^"]+)"/) ?? []
  assertLazyNetwork(join(outDir, entry))
  await assertDrawn(outDir)
})

test('every file that a page can load has its hash in sri.json', () => {
  const hashes: Record<string, string> = readJson('dist/sri.json')
  const dist = consumer.path('dist')
  const files = filesIn(dist, '{{*,cdn/*,chunks/*}.js,frame.html}').filter(
    (file) => !file.startsWith('node')
  )
  assert.ok(files.includes('cdn/fil-heartbeat.js') && files.length > 10)
  assert.deepEqual(
    hashes,
    Object.fromEntries(files.map((file) => [file, hashOf(join(dist, file))]))
  )
})

/** Packages whose code stands in the readable files, by the comments that the bundler puts there. */
function packagesInPages(): Set<string> {
  const folder = consumer.path('dist/readable')
  const text = filesIn(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
  const paths = text.matchAll(/^\/\/ (?:.*\/)?node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)
  return new Set([...paths].map(([, name = '']) => name))
}

/** Packages that the programs' own sources import values of. */
function packagesInPrograms(): Set<string> {
  const sources = ['aggregator', 'relay', 'cli', 'net', 'operator'].flatMap((room) =>
    filesIn(join(ROOT, 'src', room), '**/!(*.test|*kit).ts').map((file) =>
      join(ROOT, 'src', room, file)
    )
  )
  const names = sources.flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(
      /^import (?!type).* from '((?:@[^/']+\/)?[^./'][^/':]*)[^':]*'$/gm
    )
  ])
  return new Set(names.map(([, name = '']) => name))
}

test('every package in a bundle is in the bill of materials, and among the licences', () => {
  const { components } = readJson('dist/sbom.cdx.json') as {
    components: {
      group?: string
      name: string
      version: string
      licenses: unknown[]
      properties: { value: string }[]
    }[]
  }
  const listed = new Set(
    components.map(({ group, name }) => [group, name].filter(Boolean).join('/'))
  )
  const licences = readFileSync(consumer.path('dist/third-party-licences.txt'), 'utf8')
  const found = new Set([...packagesInPages(), ...packagesInPrograms()])
  assert.ok(found.has('lit-html') && found.has('hono') && found.size > 40, [...found].join(' '))
  for (const name of found) {
    assert.ok(listed.has(name), `${name} is not in the bill of materials`)
    const bundled = name !== 'node-datachannel'
    assert.equal(licences.includes(`\n${name} `), bundled, `the licence of ${name}`)
  }
  const inFrame = components.filter(({ properties }) => properties[0]?.value.includes('frame'))
  assert.ok(inFrame.length > 20 && inFrame.some(({ name }) => name === 'libp2p'))
  assert.deepEqual(
    components.filter(({ licenses }) => licenses.length === 0),
    []
  )
})

test('two builds in two folders make the same files', async (t) => {
  const folders = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), 'build-'))))
  t.after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))
  const sources = ['src', 'demo', 'esbuild.config.mjs', 'package.json', 'tsconfig.json']
  for (const folder of folders) {
    for (const each of sources) await cp(join(ROOT, each), join(folder, each), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir')
    await promisify(execFile)(process.execPath, ['esbuild.config.mjs'], { cwd: folder })
  }
  const [first, second] = folders.map((folder) => {
    const dist = join(folder, 'dist')
    return filesIn(dist).map((file) => [file, hashOf(join(dist, file))])
  })
  assert.ok(first !== undefined && first.length > 100)
  assert.deepEqual(second, first)
})
