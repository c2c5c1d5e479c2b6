import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from './folder.ts'

test('a folder is made with those that it lies in, for its owner alone, and once', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'fil-heartbeat-folder-'))
  t.after(() => rm(home, { recursive: true }))
  const folder = join(home, 'a', 'b')
  assert.equal(await makeFolder(folder, 0o700), true)
  for (const each of [folder, join(home, 'a')]) {
    assert.equal((await stat(each)).mode & 0o777, 0o700)
  }
  assert.equal(await makeFolder(folder, 0o700), false)
})

test('a place where no folder can be is refused, and not tried for ever', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'fil-heartbeat-folder-'))
  t.after(() => rm(home, { recursive: true }))
  const file = join(home, 'file')
  await writeFile(file, '')
  await assert.rejects(makeFolder(file), { code: 'EEXIST' })
  await assert.rejects(makeFolder(join(file, 'folder')), { code: 'ENOTDIR' })
  await assert.rejects(makeFolder('/proc/no such folder/folder'), { code: /^E/ })
})
