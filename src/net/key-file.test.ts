import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadOrCreateKey } from './key-file.ts'

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fil-heartbeat-key-'))
  t.after(() => rm(path, { recursive: true }))
  return path
}

test('makes a key on the first run that only its owner can read', async (t) => {
  const path = join(await folder(t), 'not', 'there', 'yet', 'peer.key')
  const key = await loadOrCreateKey(path)
  assert.equal(key.type, 'Ed25519')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(dirname(path)), ['peer.key'], 'no draft is left')
})

test('reads the same key ever after, and leaves its file alone', async (t) => {
  const path = join(await folder(t), 'peer.key')
  const first = await loadOrCreateKey(path)
  const bytes = await readFile(path)
  const second = await loadOrCreateKey(path)
  assert.ok(first.equals(second))
  assert.deepEqual(await readFile(path), bytes)
})

for (const [what, content] of [
  ['an empty file', ''],
  ['garbage', 'this is no key'],
  ['half a key', '\x08\x01\x12\x40half']
] as const) {
  test(`refuses ${what} and does not overwrite it`, async (t) => {
    const path = join(await folder(t), 'peer.key')
    await writeFile(path, content)
    await assert.rejects(loadOrCreateKey(path), (error: Error) => {
      assert.equal(error.name, 'OptionError')
      assert.ok(error.message.includes(path))
      return true
    })
    assert.equal(await readFile(path, 'utf8'), content)
  })
}

test('names a path that cannot be read', async (t) => {
  const path = await folder(t)
  await assert.rejects(loadOrCreateKey(path), (error: Error) => {
    assert.equal(error.name, 'OptionError')
    assert.ok(error.message.includes(`cannot read ${path}`))
    return true
  })
})

test('names a path in a folder that cannot be made', async (t) => {
  const file = join(await folder(t), 'a-file')
  await writeFile(file, '')
  const path = join(file, 'peer.key')
  await assert.rejects(loadOrCreateKey(path), (error: Error) => {
    assert.equal(error.name, 'OptionError')
    assert.ok(error.message.includes(path))
    return true
  })
})
