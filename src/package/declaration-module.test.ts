import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readModule } from './declaration-module.ts'

test('a comment goes with the declaration that it stands before', () => {
  const { statements } = readModule(
    '/** One. */\nexport interface A {\n    /** In it. */\n    a: B;\n}\n/** Two. */\nexport type B = 1;\n'
  )
  assert.deepEqual(
    statements.map(({ name, text }) => [name, text]),
    [
      ['A', '/** One. */\nexport interface A {\n    /** In it. */\n    a: B;\n}'],
      ['B', '/** Two. */\nexport type B = 1;']
    ]
  )
})

test('a union whose members begin in the first column is one declaration', () => {
  const { statements } = readModule(
    "export type Kind =\n/** One. */\n{\n    a: 1;\n}\n/** Two. */\n | 'two';\nexport type Other = 2;\n"
  )
  assert.deepEqual(
    statements.map(({ name }) => name),
    ['Kind', 'Other']
  )
})

test('words in comments are no names', () => {
  const [statement] = readModule('/** Of Libp2p. */\ntype A = B;\n').statements
  assert.equal(statement?.words.has('B'), true)
  assert.equal(statement?.words.has('Libp2p'), false)
})

test('imports and exports are read by the name that they have here', () => {
  const { imported, passedOn, stars } = readModule(
    "import { type A as B } from './a.ts';\nexport { C, type D } from './c.ts';\nexport type * from './e.ts';\n"
  )
  assert.deepEqual([...imported], [['B', { from: './a.ts', name: 'A', typeOnly: true }]])
  assert.deepEqual(
    [...passedOn.values()].map(({ name, typeOnly }) => [name, typeOnly]),
    [
      ['C', false],
      ['D', true]
    ]
  )
  assert.deepEqual(stars, ['./e.ts'])
})

test('what is not understood stops the build', () => {
  assert.throws(() => readModule("export * from './a.ts';\n"), /not understood/)
  assert.throws(() => readModule("import './a.ts';\n"), /not understood/)
})
