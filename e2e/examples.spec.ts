// The examples that authors copy from, built and served as they say, against a real relay and a real
// aggregator.

import type { Page } from 'playwright/test'
import { answerAsProvider, complaintsOf, Example, PROVIDER, serve } from './kit/example.ts'
import { expect, test } from './kit/fixtures.ts'
import type { Services } from './kit/services.ts'

const CONNECT = `ws://127.0.0.1:* ${new URL(PROVIDER).origin}`
const HASHES = 'node_modules/fil-heartbeat/dist/sri.json'

async function turnOn(page: Page): Promise<void> {
  await page.locator('fil-heartbeat .pill').click()
  await page.getByRole('button', { name: 'Turn on' }).click()
}

async function beats(services: Services, nickname: string): Promise<number> {
  const rows = (await services.nodes()).filter((row) => row.nickname === nickname)
  return rows.reduce((sum, row) => sum + row.beats, 0)
}

/** Prepares the example without a build as its README says; `tamper` changes the map of hashes. */
async function preparePlain(
  { target, relayAddress }: Services,
  tamper = (map: string) => map
): Promise<Example> {
  const plain = await Example.copy('plain')
  const [copy = '', print = ''] = [
    ...(await plain.read('README.md')).matchAll(/^(cp|node) .*$/gm)
  ].map(([command]) => command)
  await plain.run(copy)
  const hashes = JSON.parse(await plain.read(HASHES))
  await plain.fill('wallet.js', { RPC: PROVIDER })
  await plain.fill('index.html', {
    '"TARGET"': `"${target}"`,
    '"RELAY"': `"${relayAddress}"`,
    INTEGRITY: hashes['cdn/fil-heartbeat.js'],
    '"CHUNKS"': tamper(await plain.run(print))
  })
  return plain
}

test('a page without a build reports once its user agrees', async ({ page, services }) => {
  const complaints = complaintsOf(page)
  await answerAsProvider(page)
  await using plain = await preparePlain(services)
  await using site = await serve(plain.folder, CONNECT)
  await page.goto(site.url)
  await turnOn(page)
  await expect.poll(() => beats(services, 'Plain wallet')).toBeGreaterThan(0)
  await expect(page.getByRole('dialog')).toContainText('Reports arrive')
  expect(complaints).toEqual([])
})

test('a page without a build asks its provider at once, and then once an epoch', async ({
  page,
  services
}) => {
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url() === PROVIDER) asked.push(request.method())
  })
  await answerAsProvider(page)
  await using plain = await preparePlain(services)
  await using site = await serve(plain.folder, CONNECT)
  await page.clock.install()
  await page.goto(site.url)
  await expect(page.locator('fil-heartbeat .pill')).toContainText('Reports off')
  await expect.poll(() => asked.length).toBeGreaterThan(0)
  for (let epoch = 0; epoch < 4; epoch += 1) await page.clock.runFor(30_000)
  await expect.poll(() => asked.length).toBeGreaterThanOrEqual(5)
  // The test's own time may be an epoch more.
  expect(asked.length).toBeLessThanOrEqual(6)
})

test('a page without a build runs no chunk that is not the one of its hash', async ({
  page,
  services
}) => {
  const complaints = complaintsOf(page)
  await answerAsProvider(page)
  const other = `sha384-${'A'.repeat(64)}`
  await using plain = await preparePlain(services, (map) =>
    map.replace(/(chunks\/runtime-\w+\.js":")[^"]+/, `$1${other}`)
  )
  expect(await plain.read('index.html')).toContain(other)
  await using site = await serve(plain.folder, CONNECT)
  await page.goto(site.url)
  await turnOn(page)
  await expect(page.getByRole('dialog')).toContainText('the network code did not load')
  expect(complaints).toEqual([expect.stringContaining('integrity')])
  expect(await beats(services, 'Plain wallet')).toBe(0)
})

test('a React page is drawn by its server, hydrates, and remembers what its user chose', async ({
  page,
  services
}) => {
  const complaints = complaintsOf(page)
  await answerAsProvider(page)
  const { target, relayAddress: RELAY } = services
  await using react = await Example.copy('react')
  // Only this build of React tells what did not fit when it hydrated.
  await react.run('node build.mjs', { NODE_ENV: 'development' })
  const env = { TARGET: target, RELAY, RPC: PROVIDER, CONNECT, NODE_ENV: 'development' }
  await using server = await react.start('dist/server.js', env)
  const html = await (await fetch(server.url)).text()
  expect(html).toContain(
    `<fil-heartbeat target="${target}" relay="${RELAY}" nickname="React wallet"></fil-heartbeat>`
  )

  await page.goto(server.url)
  await expect(page.locator('output')).toHaveText('fresh-by-clock')
  expect(await page.evaluate(() => localStorage.length)).toBe(0)
  await turnOn(page)
  await expect.poll(() => beats(services, 'React wallet')).toBeGreaterThan(0)

  const before = await beats(services, 'React wallet')
  await page.reload()
  await expect.poll(() => beats(services, 'React wallet')).toBeGreaterThan(before)

  await page.locator('fil-heartbeat .pill').click()
  await page.getByRole('switch', { name: 'Reports' }).click()
  await expect(page.getByRole('dialog')).toContainText('Nothing is sent.')
  await page.reload()
  await expect(page.locator('output')).toHaveText('fresh-by-clock')
  const consented = () => page.evaluate(() => document.querySelector('fil-heartbeat')?.consented)
  expect(await consented()).toBe(false)
  expect(complaints).toEqual([])
})
