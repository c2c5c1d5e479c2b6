// A page that hands in no head: the element follows a Lotus node by itself, once it may.

import { type Demo, startDemo } from './kit/demo.ts'
import { test as base, expect } from './kit/fixtures.ts'

const FAST = { 'beat-period': '500ms', 'reconnect-period': '1s', nickname: 'Spec' }

const test = base.extend<{ demo: Demo }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its pattern
  demo: async ({}, use) => {
    const demo = await startDemo()
    await use(demo)
    await demo.stop()
  }
})

interface Tipset {
  readonly cids: readonly string[]
  readonly height: number
}

async function ask<T>({ config }: Demo, method: string, ...params: unknown[]): Promise<T> {
  const response = await fetch(config.rpc.http, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: `Filecoin.${method}`, params })
  })
  return (await response.json()).result
}

interface Cid {
  readonly '/': string
}

async function tipset(demo: Demo, method: string, ...params: unknown[]): Promise<Tipset> {
  const { Cids, Height } = await ask<{ Cids: Cid[]; Height: number }>(demo, method, ...params)
  return { cids: Cids.map((cid) => cid['/']), height: Height }
}

for (const scheme of ['http', 'ws'] as const) {
  test(`a wallet without a head of its own follows a node over ${scheme}, but only once its user agrees`, async ({
    wallet,
    services,
    demo
  }) => {
    const { rpc, chain } = demo.config
    const asked = () =>
      [...wallet.requests, ...wallet.sockets.map((socket) => socket.url())].filter((url) =>
        url.includes(new URL(rpc[scheme]).host)
      )
    await wallet.embedHeadless({ ...FAST, target: services.directAddress, rpc: rpc[scheme] }, chain)
    await wallet.openPanel()
    await expect(wallet.page.getByRole('dialog')).toContainText('Nothing is sent.')
    // A node that is followed is asked at every epoch.
    const { height: before } = await tipset(demo, 'ChainHead')
    await expect
      .poll(async () => (await tipset(demo, 'ChainHead')).height)
      .toBeGreaterThan(before + 2)
    await wallet.painted()
    expect(asked()).toEqual([])
    expect(await wallet.view()).toMatchObject({ verdict: 'unknown' })
    expect(await services.nodes()).toEqual([])

    await wallet.start()
    await expect.poll(() => wallet.way()).toBe('beating/websocket')
    expect(asked()).toContain(rpc[scheme])
    const { height: first = 0n } = (await wallet.view()) ?? {}
    await expect.poll(async () => (await wallet.view())?.height).toBeGreaterThan(first + 2n)
    expect(await wallet.view()).toMatchObject({ verdict: 'fresh-by-clock' })

    // Both ends at once: the row that a beat made while the view stood still.
    await expect
      .poll(async () => {
        const [row] = await services.nodes()
        const view = await wallet.view()
        return Number(row?.height) - Number(view?.height)
      })
      .toBe(0)
    const [row] = await services.nodes()
    const told = await tipset(demo, 'ChainGetTipSetByHeight', Number(row?.height), null)
    const genesis = await tipset(demo, 'ChainGetGenesis')
    expect(told.cids.length).toBeGreaterThan(0)
    // A beat sorts a tipset's blocks, a node does not.
    expect(row?.head.toSorted()).toEqual(told.cids.toSorted())
    expect(row).toMatchObject({
      nickname: 'Spec',
      height: String(told.height),
      genesis: genesis.cids[0],
      malformed: 0
    })
  })
}
