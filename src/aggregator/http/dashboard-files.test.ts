import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../net/test-kit.ts'
import { DASHBOARD_POLICY } from './dashboard-files.ts'
import { serve } from './test-kit.ts'

describe('the dashboard', () => {
  test('is served with a strict policy, and nothing beside it', async (t) => {
    const folder = await temporaryFolder(t)
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), '<!doctype html>')
    await writeFile(join(folder, 'secret.txt'), 'secret')
    await writeFile(join(folder, 'assets', 'main-ABCD1234.js'), 'export {}')
    await writeFile(join(folder, 'assets', 'plain.css'), 'a{}')
    const { url } = await serve(t, { dashboard: folder })
    for (const [path, type, cache] of [
      ['/', 'text/html; charset=utf-8', 'no-cache'],
      ['/assets/main-ABCD1234.js', 'text/javascript; charset=utf-8', /immutable/],
      ['/assets/plain.css', 'text/css; charset=utf-8', 'no-cache']
    ] as const) {
      const answer = await fetch(`${url}${path}`)
      assert.equal(answer.status, 200, path)
      assert.equal(answer.headers.get('content-type'), type)
      assert.equal(answer.headers.get('content-security-policy'), DASHBOARD_POLICY)
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
      const control = answer.headers.get('cache-control') ?? ''
      if (typeof cache === 'string') assert.equal(control, cache)
      else assert.match(control, cache)
      await answer.text()
    }
    for (const path of ['/secret.txt', '/assets/..%2fsecret.txt', '/assets/', '/index.html']) {
      const answer = await fetch(`${url}${path}`)
      assert.equal(answer.status, 404, path)
      assert.doesNotMatch(await answer.text(), /^secret/)
    }
  })

  test('says how to build it where it has not been built', async (t) => {
    const { url } = await serve(t, { dashboard: '/nowhere' })
    const answer = await fetch(url)
    assert.equal(answer.status, 404)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(await answer.text(), /npm run build/)
  })
})
