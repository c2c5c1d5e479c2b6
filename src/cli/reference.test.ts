import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { beatCommand } from './beat-command.ts'
import { COMMANDS } from './commands.ts'
import { helpOf, overview } from './help.ts'
import { readOptions } from './read-options.ts'
import { referenceOf } from './reference.ts'

test('the reference is what the tables say; npm run reference writes it', () => {
  const written = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  assert.equal(written, referenceOf(COMMANDS))
})

test('help names every command, and of each all options and some examples', () => {
  for (const command of COMMANDS) {
    assert.ok(overview(COMMANDS).includes(`  ${command.name}`))
    const help = helpOf(command)
    for (const { name } of command.options) assert.ok(help.includes(name), name)
    assert.ok(command.examples.length >= 2)
    assert.ok(help.split('\n').every((line) => line.length <= 160))
  }
})

test('help says how a variable is called that has a name of its own', () => {
  for (const { options, ...command } of COMMANDS) {
    const own = options.flatMap(({ variable }) => variable ?? [])
    for (const name of own) assert.ok(helpOf({ ...command, options }).includes(name), name)
  }
  assert.match(helpOf(beatCommand), /--alerts as FIL_HEARTBEAT_ALERTS/)
})

test('examples are read as they stand', () => {
  for (const command of COMMANDS) {
    for (const example of command.examples) {
      const [program, name, ...args] = example.split(' ')
      assert.deepEqual([program, name], ['fil-heartbeat', command.name])
      readOptions(command, { args, env: {}, readFile: () => '' })
    }
  }
})

test('options of a command have names of their own', () => {
  for (const { options } of COMMANDS) {
    const names = options.map(({ name }) => name)
    assert.equal(new Set(names).size, names.length)
  }
})
