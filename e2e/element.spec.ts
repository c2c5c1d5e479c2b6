import { expect, test } from './kit/fixtures.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'

const mistakes: [string, Record<string, string>, string][] = [
  [
    'a target without a peer id',
    { target: '/ip4/127.0.0.1/tcp/1/ws' },
    'target: "/ip4/127.0.0.1/tcp/1/ws" is not a multiaddr that ends in /p2p/<peer id>'
  ],
  ['no target', {}, 'target: is missing'],
  [
    'a bad duration',
    { target: `/p2p/${PEER}`, 'beat-period': 'often' },
    'beatPeriod: "often" is not a duration such as "3s"'
  ],
  [
    'a nickname that is too long',
    { target: `/p2p/${PEER}`, nickname: 'n'.repeat(65) },
    'has 65 characters; at most 64 are allowed'
  ],
  [
    "a person's address",
    { target: `/p2p/${PEER}`, 'miner-address': 'f1abjxfbp274xpdqcpuaykwkfb43omjotacm2p3za' },
    'minerAddress:'
  ],
  [
    'a route that does not exist',
    { target: `/p2p/${PEER}`, routes: 'pigeon' },
    'routes: "pigeon" is not one of websocket, relayed, webrtc'
  ]
]

for (const [title, attributes, message] of mistakes) {
  test(`an author who gives ${title} reads what is wrong in the element`, async ({ wallet }) => {
    const error = wallet.page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('fil-heartbeat-error', (event) => {
            resolve((event as CustomEvent<{ error: Error }>).detail.error.message)
          })
        })
    )
    await wallet.embed(attributes)
    expect(await error).toContain(message)
    await expect(wallet.page.locator('fil-heartbeat')).toContainText('Reports unavailable')
    await wallet.openPanel()
    await expect(wallet.page.getByRole('dialog')).toContainText(message)
  })
}

test('before consent nothing is dialled, and the network code is not even fetched', async ({
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ target, relay })
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh-by-clock')
  await wallet.openPanel()
  await expect(wallet.page.getByRole('dialog')).toContainText('Nothing is sent.')
  expect(wallet.sockets).toEqual([])
  expect(wallet.networkCode).toEqual([])
  expect(
    await wallet.page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])
  ).toEqual([0, 0, ''])
  // What was looked for is there to be found.
  await wallet.start()
  await expect.poll(() => wallet.sockets.length).toBeGreaterThan(0)
  expect(wallet.networkCode).toHaveLength(1)
})

test('a user turns reports on and off in the panel, and reads what is sent', async ({
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ target, relay, nickname: 'Ann <script>', 'beat-period': '500ms' })
  await wallet.openPanel()
  const panel = wallet.page.getByRole('dialog')
  await expect(panel).toContainText('Ann <script>')
  await panel.getByRole('button', { name: 'Turn on' }).click()
  await expect(panel).toContainText('Reports arrive')
  await expect(panel).toContainText('direct (WebRTC)')
  await panel.getByText('What is sent').click()
  await expect(panel.locator('pre').first()).toContainText('Nickname: Ann <script>')
  await expect(panel.locator('pre').last()).toContainText(/^[0-9a-f]{2}( [0-9a-f]{2})+$/)
  await panel.getByRole('switch', { name: 'Reports' }).click()
  await expect(panel).toContainText('Nothing is sent.')
  expect(await wallet.state()).toEqual({ phase: 'idle' })
})

test('no attribute can consent for the user', async ({ wallet, services }) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ target, relay, consent: 'true', start: '', autostart: '' })
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh-by-clock')
  const refused = await wallet.page.evaluate(async () => {
    const element = document.querySelector('fil-heartbeat')
    return await element?.start({ consent: 'true' } as never).catch((error: Error) => error.message)
  })
  expect(refused).toBe('consent: start() needs { consent: true }')
  // Whatever the client had begun would be seen by the time that it has looked at its head again.
  const { checkedAt = 0 } = (await wallet.view()) ?? {}
  await expect.poll(async () => (await wallet.view())?.checkedAt).toBeGreaterThan(checkedAt)
  await wallet.painted()
  expect(await wallet.state()).toEqual({ phase: 'idle' })
  expect(wallet.networkCode).toEqual([])
  expect(wallet.sockets).toEqual([])
  expect(services.relayConnections).toBe(1)
})

test('an element that is removed leaves nothing running, and one that is moved goes on', async ({
  wallet,
  services
}) => {
  await wallet.embed({ target: services.directAddress, 'beat-period': '500ms' })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await wallet.page.evaluate(() => {
    const div = document.body.appendChild(document.createElement('div'))
    div.append(document.querySelector('fil-heartbeat') as Node)
  })
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(3)
  expect(wallet.sockets).toHaveLength(1)
  await wallet.page.evaluate(() => document.querySelector('fil-heartbeat')?.remove())
  await expect.poll(() => wallet.sockets.every((socket) => socket.isClosed())).toBe(true)
  await expect.poll(async () => (await services.nodes())[0]?.connected).toBe(false)
})

test('the element tells its changes and its beats by events', async ({ wallet, services }) => {
  const heard = wallet.page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const phases: string[] = []
        document.addEventListener('fil-heartbeat-change', ((event: CustomEvent) => {
          phases.push(event.detail.state.phase)
        }) as EventListener)
        document.addEventListener('fil-heartbeat-beat', ((event: CustomEvent) => {
          resolve([...new Set(phases), typeof event.detail.height])
        }) as EventListener)
      })
  )
  await wallet.embed({ target: services.directAddress, 'beat-period': '500ms' })
  await wallet.start()
  const phases = await heard
  expect(phases).toContain('connecting')
  expect(phases.at(-1)).toBe('bigint')
})
