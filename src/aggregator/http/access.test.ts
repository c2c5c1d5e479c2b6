import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, test } from 'node:test'
import {
  HTTP_SESSION_PERIOD,
  MAX_HTTP_SESSIONS,
  MAX_WRONG_TOKENS,
  WRONG_TOKEN_DELAY
} from '../../constants.ts'
import { FakeClock } from '../../timing/fake-clock.ts'
import { isOwnHost } from './host-guard.ts'
import { HttpSessions } from './http-sessions.ts'
import { appOf, serve } from './test-kit.ts'

const TOKEN = 'a-secret-of-the-operator'
const ACCESS = { host: '127.0.0.1', hosts: ['heartbeat.example'], token: TOKEN }

/** An app that asks for a token, and a way to ask it. */
function guarded() {
  const clock = new FakeClock()
  const { app } = appOf({ access: ACCESS, clock })
  const ask = async (path: string, headers: Record<string, string> = {}, more: RequestInit = {}) =>
    await app.request(path, { ...more, headers: { host: 'localhost', ...headers } })
  const login = (token: unknown, headers: Record<string, string> = {}) =>
    ask('/api/session', headers, { method: 'POST', body: JSON.stringify({ token }) })
  return { clock, ask, login }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('the access token', () => {
  test('is needed for all but a few paths', async () => {
    const { ask } = guarded()
    const open = ['/livez', '/readyz', '/.well-known/fil-heartbeat.json', '/', '/assets/a.js']
    for (const path of open) assert.notEqual((await ask(path)).status, 401, path)
    for (const path of [
      '/api/nodes',
      '/api/nodes/x',
      '/api/nodes/x/history',
      '/api/network',
      '/api/network/history',
      '/api/alerts',
      '/api/export?topic=roster',
      '/api/aggregator',
      '/feed',
      '/metrics',
      '/openapi.json'
    ]) {
      const answer = await ask(path)
      assert.equal(answer.status, 401, path)
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
      assert.equal((await ask(path, {}, { method: 'HEAD' })).status, 401, `HEAD ${path}`)
      assert.notEqual((await ask(path, bearer(TOKEN))).status, 401, path)
    }
    for (const wrong of ['', 'Bearer', 'Basic x', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`]) {
      assert.equal((await ask('/api/nodes', { authorization: wrong })).status, 401, wrong)
    }
  })

  test('is needed to be told what is wrong, and not whether it is ready', async () => {
    const problems = ['history: /var/lib/history.db is locked']
    const readiness = () => ({ ready: true, problems })
    const { app } = appOf({ access: ACCESS, readiness })
    const ask = async (headers: Record<string, string>) =>
      await app.request('/readyz', { headers: { host: 'localhost', ...headers } })
    const toStranger = await ask({})
    assert.equal(toStranger.status, 200)
    assert.deepEqual(await toStranger.json(), { ready: true, problems: [] })
    assert.deepEqual(await (await ask(bearer(TOKEN))).json(), { ready: true, problems })
    assert.equal((await ask(bearer('wrong'))).status, 401)
  })

  test('is slowed down when it is wrong too often, and never when it is right', async () => {
    const { clock, ask, login } = guarded()
    for (let n = 0; n < MAX_WRONG_TOKENS; n++) {
      const answer = n % 2 === 0 ? await ask('/metrics', bearer(`wrong${n}`)) : await login('wrong')
      assert.equal(answer.status, 401)
    }
    const slowed = [ask('/metrics', bearer('wrong')), login('wrong')]
    let answered = 0
    for (const each of slowed) void each.then(() => (answered += 1))
    assert.equal((await ask('/metrics', bearer(TOKEN))).status, 200)
    assert.equal((await login(TOKEN)).status, 204)
    assert.equal(answered, 0)
    await clock.tick(WRONG_TOKEN_DELAY)
    const statuses = (await Promise.all(slowed)).map(({ status }) => status)
    assert.deepEqual(statuses, [429, 429])
  })

  test('lets a browser in by a cookie that scripts cannot read, until it ends', async () => {
    const { clock, ask, login } = guarded()
    const answer = await login(TOKEN)
    assert.equal(answer.status, 204)
    const set = answer.headers.get('set-cookie') ?? ''
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) assert.ok(set.includes(part), set)
    assert.doesNotMatch(set, /Secure/)
    assert.ok(!set.includes(TOKEN))
    const cookie = set.split(';')[0] ?? ''
    assert.equal((await ask('/api/network', { cookie })).status, 200)
    assert.equal((await ask('/api/network', { cookie: `${cookie}x` })).status, 401)
    clock.advance(HTTP_SESSION_PERIOD)
    assert.equal((await ask('/api/network', { cookie })).status, 401)

    const behindProxy = await login(TOKEN, { 'x-forwarded-proto': 'https, http' })
    const secure = behindProxy.headers.get('set-cookie') ?? ''
    assert.match(secure, /Secure/)
    const [again = ''] = secure.split(';')
    assert.equal((await ask('/api/network', { cookie: again })).status, 200)
    const out = await ask('/api/session', { cookie: again }, { method: 'DELETE' })
    assert.equal(out.status, 204)
    assert.match(out.headers.get('set-cookie') ?? '', /=;.*Max-Age=0/)
    assert.equal((await ask('/api/network', { cookie: again })).status, 401)
  })

  test('is refused where it is no JSON, or far too long', async () => {
    const { ask, login } = guarded()
    for (const body of ['', '{', '"x"', 'null', '{"token":7}']) {
      const answer = await ask('/api/session', {}, { method: 'POST', body })
      assert.equal(answer.status, 400, body)
    }
    assert.equal((await login('x'.repeat(5_000))).status, 400)
  })

  test('is not asked for where there is none', async () => {
    const { app } = appOf({})
    const headers = { host: 'localhost' }
    assert.equal((await app.request('/api/network', { headers })).status, 200)
    const answer = await app.request('/api/session', { method: 'POST', headers })
    assert.equal(answer.status, 204)
  })
})

test('browsers that are let in are few, and the eldest makes room', () => {
  const sessions = new HttpSessions()
  const first = sessions.begin(0)
  const second = sessions.begin(0)
  for (let n = 2; n <= MAX_HTTP_SESSIONS; n++) sessions.begin(0)
  assert.equal(sessions.size, MAX_HTTP_SESSIONS)
  assert.deepEqual([sessions.has(first, 0), sessions.has(second, 0)], [false, true])
})

describe('the name that a request is for', () => {
  const own = { host: '192.0.2.7', hosts: ['Heartbeat.Example'] }
  for (const [header, expected] of [
    ['localhost:4003', true],
    ['LOCALHOST', true],
    ['a.localhost', true],
    ['127.0.0.1:1', true],
    ['127.9.9.9', true],
    ['[::1]:4003', true],
    ['192.0.2.7:80', true],
    ['heartbeat.example', true],
    ['heartbeat.example.:443', true],
    ['evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['192.0.2.8', false],
    ['', false],
    [undefined, false],
    ['evil.example@localhost', false],
    ['localhost:4003/evil', false]
  ] as const) {
    test(`is ${expected ? '' : 'not '}ours when it is ${header}`, () => {
      assert.equal(isOwnHost(header, own, '192.0.2.7'), expected)
    })
  }

  test('may be the address that the connection came to, where the server listens everywhere', () => {
    for (const host of ['0.0.0.0', '::']) {
      const everywhere = { host, hosts: [] }
      assert.equal(isOwnHost('192.0.2.7:4003', everywhere, '::ffff:192.0.2.7'), true)
      assert.equal(isOwnHost('192.0.2.8:4003', everywhere, '192.0.2.7'), false)
      assert.equal(isOwnHost('evil.example', everywhere, '192.0.2.7'), false)
    }
  })

  test('is answered by a sentence when it is not ours, but for the discovery document', async (t) => {
    const { url } = await serve(t, {})
    const ask = (path: string) =>
      new Promise<[number | undefined, string]>((resolve, reject) => {
        const headers = { host: 'evil.example' }
        request(`${url}${path}`, { headers }, async (answer) => {
          let text = ''
          for await (const chunk of answer) text += chunk
          resolve([answer.statusCode, text])
        })
          .on('error', reject)
          .end()
      })
    for (const path of ['/', '/api/nodes', '/feed', '/metrics', '/livez', '/nothing']) {
      const [status, text] = await ask(path)
      assert.equal(status, 421, path)
      assert.match(text, /does not go by that name/)
    }
    assert.equal((await ask('/.well-known/fil-heartbeat.json'))[0], 200)
  })
})
