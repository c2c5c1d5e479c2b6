// Is this wallet's view of the chain fresh, and does anyone else see it? Every verdict, in the words
// that the user reads.

import { test as base, expect, type Wallet } from './kit/fixtures.ts'
import { LotusNode, SpecChain } from './kit/lotus-node.ts'
import { Services } from './kit/services.ts'

interface Network {
  readonly chain: SpecChain
  /** The wallet's own provider. */
  readonly provider: LotusNode
  /** The operator's. */
  readonly references: readonly [LotusNode, LotusNode]
  /** Puts a wallet that follows its provider in front of an aggregator that asks the references. */
  embed(options?: { asks?: boolean; routes?: string }): Promise<Services>
}

const test = base.extend<{ network: Network }>({
  network: async ({ wallet, site }, use) => {
    const chain = new SpecChain('spec')
    const [provider, one, other] = await Promise.all([
      LotusNode.start(chain),
      LotusNode.start(chain),
      LotusNode.start(chain)
    ])
    const started: Services[] = []
    const embed: Network['embed'] = async ({ asks = true } = {}) => {
      const services = await Services.start(site.origin, {
        epochPeriod: chain.epochPeriod,
        genesis: chain.genesis,
        references: asks ? [one.url, other.url] : []
      })
      started.push(services)
      const options = { target: services.directAddress, rpc: provider.url, 'beat-period': '500ms' }
      await wallet.embedHeadless(options, { ...provider.chain })
      await wallet.start()
      return services
    }
    await use({ chain, provider, references: [one, other], embed })
    await Promise.all([provider, one, other, ...started].map((each) => each.stop()))
  }
})

/** What a user reads of the chain: in the panel, and at a glance. */
async function reads(wallet: Wallet, verdict: string, label: RegExp, sentence: RegExp) {
  await expect.poll(async () => (await wallet.view())?.verdict).toBe(verdict)
  const element = wallet.page.locator('fil-heartbeat')
  await expect(element.getByRole('status')).toContainText(label)
  const panel = wallet.page.getByRole('dialog')
  if (!(await panel.isVisible())) await wallet.openPanel()
  await expect(panel).toContainText(label)
  await expect(panel).toContainText(sentence)
}

test('a head that the operator’s references share is fresh, and they are counted', async ({
  wallet,
  network
}) => {
  await network.embed()
  await reads(wallet, 'fresh', /Up to date/, /Epoch [\d,]+\. 2 of the operator’s sources agree\./)
  expect(await wallet.view()).toMatchObject({ agreement: 'same', witnesses: 2, behindNetwork: 0 })
})

test('a head that nobody else is asked about is fresh by the clock alone', async ({
  wallet,
  network
}) => {
  await network.embed({ asks: false })
  await reads(wallet, 'fresh-by-clock', /Up to date/, /Epoch [\d,]+, by this device’s clock\./)
})

test('a provider that stands still is old by the clock, when nobody else is asked', async ({
  wallet,
  network
}) => {
  await network.embed({ asks: false })
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh-by-clock')
  network.provider.stall()
  await reads(wallet, 'behind-by-clock', /About \d+ sec old/, /last epoch is about \d+ sec old\./)
  network.provider.resume()
  await reads(wallet, 'fresh-by-clock', /Up to date/, /by this device’s clock/)
})

test('a provider that stands still is behind the network that goes on', async ({
  wallet,
  network
}) => {
  await network.embed()
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh')
  network.provider.stall()
  await reads(
    wallet,
    'provider-behind',
    /About \d+ sec behind/,
    /Your provider is \d+ epochs behind the network\. Balances may be old\./
  )
  network.provider.resume()
  await reads(wallet, 'fresh', /Up to date/, /2 of the operator’s sources agree/)
})

test('a network that stands still is slow itself', async ({ wallet, network }) => {
  await network.embed()
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh')
  for (const node of [network.provider, ...network.references]) node.stall()
  await reads(wallet, 'network-slow', /Filecoin is slow/, /has made no new epoch for \d+ sec\./)
})

for (const [what, lag] of [
  ['fast', 400],
  ['slow', -400]
] as const) {
  test(`a clock that is ${what} is told from a network that lags`, async ({ wallet, network }) => {
    for (const node of [network.provider, ...network.references]) node.lag = lag
    await network.embed()
    await reads(wallet, 'clock-wrong', /Check your clock/, /clock seems to be off by \d+ min\./)
  })
}

test('a provider on a fork shows another chain than the references', async ({
  wallet,
  network
}) => {
  await network.embed()
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh')
  network.provider.fork(' fork', 20)
  await reads(
    wallet,
    'other-chain',
    /Different chain/,
    /another chain than the sources this service watches\. A second opinion, not proof\./
  )
  network.provider.fork('', 0)
  await reads(wallet, 'fresh', /Up to date/, /2 of the operator’s sources agree/)
})

test('tipsets that are reverted before they settle change nothing', async ({ wallet, network }) => {
  const verdicts = await collect(wallet)
  await network.embed()
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh')
  for (const node of [network.provider, ...network.references]) node.fork(' reverted', 2)
  const { height = 0n } = (await wallet.view()) ?? {}
  await expect.poll(async () => (await wallet.view())?.height).toBeGreaterThan(height + 8n)
  expect((await wallet.view())?.verdict).toBe('fresh')
  expect(verdicts).not.toContain('other-chain')
})

test('references that disagree among themselves give no opinion', async ({ wallet, network }) => {
  const [, other] = network.references
  other.fork(' alone', 100)
  await network.embed()
  await expect.poll(async () => (await wallet.view())?.networkHeight).toBeGreaterThan(0n)
  const { height = 0n } = (await wallet.view()) ?? {}
  await expect.poll(async () => (await wallet.view())?.height).toBeGreaterThan(height + 2n)
  await reads(wallet, 'fresh-by-clock', /Up to date/, /by this device’s clock/)
})

test('a provider that fails leaves the chain unknown, and reports say what was known last', async ({
  wallet,
  network
}) => {
  const services = await network.embed()
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh')
  network.provider.fails = true
  await reads(wallet, 'unknown', /Chain unknown/, /Your provider does not say/)
  await expect.poll(async () => (await services.nodes())[0]).toMatchObject({ stale: true })
})

test('a wallet on another network is told so, and reports no more', async ({ wallet, network }) => {
  const stranger = new SpecChain('another network')
  Object.assign(network.provider, { chain: stranger })
  const services = await network.embed()
  await expect
    .poll(() => wallet.state())
    .toMatchObject({ phase: 'rejected', reason: 'wrong-network' })
  const element = wallet.page.locator('fil-heartbeat')
  await expect(element.getByRole('status')).toContainText('Reports not accepted')
  await wallet.openPanel()
  await expect(wallet.page.getByRole('dialog')).toContainText(
    'The server watches another network than the one this wallet is on.'
  )
  await expect
    .poll(async () => (await services.nodes())[0])
    .toMatchObject({ rejected: 'wrong-network', connected: false, beats: 0 })
})

/** Verdicts as the page is told of them, in order. */
async function collect(wallet: Wallet): Promise<string[]> {
  const verdicts: string[] = []
  await wallet.page.exposeFunction('tellVerdict', (verdict: string) => verdicts.push(verdict))
  await wallet.page.evaluate(() => {
    document.addEventListener('fil-heartbeat-view', (event) => {
      const tell = (window as unknown as { tellVerdict(verdict: string): void }).tellVerdict
      tell((event as CustomEvent<{ verdict: string }>).detail.verdict)
    })
  })
  return verdicts
}

test('the page is told of a verdict when it changes, and only then', async ({
  wallet,
  network
}) => {
  const verdicts = await collect(wallet)
  await network.embed()
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh')
  network.provider.stall()
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('provider-behind')
  await wallet.painted()
  expect(verdicts.filter((verdict, at) => verdict === verdicts[at - 1])).toEqual([])
  expect(verdicts.at(-1)).toBe('provider-behind')
  expect(verdicts).not.toContain('network-slow')
  expect(verdicts).toContain('fresh')
})
