import assert from 'node:assert/strict'
import { SourceMap } from 'node:module'
import { test } from 'node:test'
import { build } from 'esbuild'
import { ownSourceMap } from './source-map.ts'

test('leads from the bundle to our own sources, and from what is of packages nowhere', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { base32 } from 'multiformats/bases/base32'
        export const marked = (own) => 'marked' + base32.encode(own)`,
      sourcefile: 'own.js',
      resolveDir: import.meta.dirname
    },
    bundle: true,
    minify: true,
    sourcemap: 'external',
    outdir: 'nowhere',
    format: 'esm',
    write: false,
    logLevel: 'silent'
  })
  const [map = '', bundle = ''] = ['.map', '.js'].map(
    (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text
  )
  const whole = JSON.parse(map)
  const own = ownSourceMap(whole)
  assert.deepEqual(
    own.sources.map((source) => source.split('/').at(-1)),
    ['own.js']
  )
  assert.match(own.sourcesContent?.[0] ?? '', /marked/)
  assert.ok(own.names.includes('base32') && own.names.length < whole.names.length)
  const find = (text: string) => {
    const before = bundle.slice(0, bundle.indexOf(text)).split('\n')
    const place = [before.length - 1, before.at(-1)?.length ?? 0] as const
    const payload = { ...own, file: '', sourceRoot: '', sourcesContent: [], sources: own.sources }
    const maps = [new SourceMap(whole), new SourceMap(payload as never)]
    return maps.map((each) => each.findEntry(...place))
  }
  const [before, after] = find('"marked"')
  assert.deepEqual(after, before)
  assert.deepEqual(find('abcdefghijklmnopqrstuvwxyz234567')[1], {})
})
