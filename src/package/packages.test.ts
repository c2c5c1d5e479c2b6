import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Metafile } from 'esbuild'
import { billOfMaterials, licences } from './inventory.ts'
import { bundledPackages, readPackage } from './packages.ts'

/** What the bundler tells of one output that took so many bytes of each input. */
function metafile(bytes: Record<string, number>): Metafile {
  const inputs = Object.fromEntries(
    Object.entries(bytes).map(([path, bytesInOutput]) => [path, { bytesInOutput }])
  )
  const output = { bytes: 0, imports: [], exports: [], inputs }
  return { inputs: {}, outputs: { 'out.js': output } }
}

const bundled = await bundledPackages({
  page: metafile({
    'src/index.ts': 10,
    'node_modules/lit-html/lit-html.js': 10,
    'node_modules/@libp2p/crypto/dist/src/index.js': 10,
    'node_modules/esbuild/lib/main.js': 0
  }),
  node: metafile({ 'node_modules/lit-html/lit-html.js': 10 })
})

test('names each package that left something in a bundle, and no other', () => {
  assert.deepEqual(
    bundled.map(({ name, bundles }) => [name, bundles]),
    [
      ['@libp2p/crypto', ['page']],
      ['lit-html', ['node', 'page']]
    ]
  )
})

test('the licences are those that the packages bring', () => {
  assert.match(licences(bundled), /^lit-html [\d.]+ \(BSD-3-Clause\)\n\n.*Redistribution and use/ms)
})

test('the bill of materials tells what is bundled from what is installed beside', async () => {
  const beside = await readPackage('node_modules/node-datachannel')
  const product = { name: 'fil-heartbeat', version: '1.0.0', license: 'MIT' }
  const bill = billOfMaterials(product, bundled, [beside])
  const { components, dependencies } = JSON.parse(JSON.stringify(bill)) as {
    components: {
      name: string
      purl: string
      'bom-ref': string
      licenses: { expression: string }[]
      properties: { value: string }[]
    }[]
    dependencies: { dependsOn: string[] }[]
  }
  assert.deepEqual(
    components.map(({ name, licenses, properties }) => [
      name,
      licenses[0]?.expression,
      properties[0]?.value
    ]),
    [
      ['crypto', 'Apache-2.0 OR MIT', 'page'],
      ['lit-html', 'BSD-3-Clause', 'node page'],
      ['node-datachannel', 'MPL-2.0', 'no']
    ]
  )
  assert.match(components[0]?.purl ?? '', /^pkg:npm\/%40libp2p\/crypto@\d/)
  assert.deepEqual(
    dependencies[0]?.dependsOn,
    components.map((each) => each['bom-ref'])
  )
})
