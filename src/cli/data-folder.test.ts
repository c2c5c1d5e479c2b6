import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from './command.ts'
import { defaultDataFolder, openDataFolder } from './data-folder.ts'
import { Told } from './option.ts'

test("systemd's folder comes before the user's own, and that before the home's", () => {
  const both = { STATE_DIRECTORY: '/var/lib/a:/var/lib/b', XDG_STATE_HOME: '/state' }
  assert.equal(defaultDataFolder(both, '/home/x'), '/var/lib/a')
  assert.equal(defaultDataFolder({ XDG_STATE_HOME: '/state' }, '/home/x'), '/state/fil-heartbeat')
  const own = '/home/x/.local/state/fil-heartbeat'
  assert.equal(defaultDataFolder({ XDG_STATE_HOME: '', STATE_DIRECTORY: '' }, '/home/x'), own)
})

test('a folder that cannot be made is named with the reason', async () => {
  const data = '/proc/no such folder/data'
  const told = new Told(new Map([['data', { value: data, origin: '--data' }]]))
  const context = { told, env: {}, log: { info: () => {} } } as unknown as Context
  await assert.rejects(openDataFolder(context), {
    name: 'DataFolderError',
    message: /^cannot make the folder \/proc\/no such folder\/data: E/
  })
})
