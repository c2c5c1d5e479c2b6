import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultDataFolder } from './data-folder.ts'

test("systemd's folder comes before the user's own, and that before the home's", () => {
  const both = { STATE_DIRECTORY: '/var/lib/a:/var/lib/b', XDG_STATE_HOME: '/state' }
  assert.equal(defaultDataFolder(both, '/home/x'), '/var/lib/a')
  assert.equal(defaultDataFolder({ XDG_STATE_HOME: '/state' }, '/home/x'), '/state/fil-heartbeat')
  const own = '/home/x/.local/state/fil-heartbeat'
  assert.equal(defaultDataFolder({ XDG_STATE_HOME: '', STATE_DIRECTORY: '' }, '/home/x'), own)
})
