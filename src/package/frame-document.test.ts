import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import test from 'node:test'
import { frameDocument } from './frame-document.ts'

const DOCUMENT = `<meta content="script-src 'self'; x"><script src="frame.js"></script>`

test('a script stands in its document as it is, and the policy has its hash alone', () => {
  const script = `say("$& script-src 'self'")`
  const hash = createHash('sha256').update(script).digest('base64')
  assert.equal(
    frameDocument(DOCUMENT, script),
    `<meta content="script-src 'sha256-${hash}'; x"><script>${script}</script>`
  )
})

test('a script that would end its own element is refused', () => {
  assert.throws(() => frameDocument(DOCUMENT, 'a = "</SCRIPT>"'), /cannot stand in a document/)
  assert.throws(() => frameDocument(DOCUMENT, 'a = "<!-- b"'), /cannot stand in a document/)
})

test('a document that asks for no script, or lets none in, is refused', () => {
  assert.throws(() => frameDocument("script-src 'self'", ''), /has no <script/)
  assert.throws(() => frameDocument('<script src="frame.js"></script>', ''), /has no script-src/)
})
