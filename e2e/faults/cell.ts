// How one cell of the matrix is tried: both ends agree that beats arrive, something breaks, it lasts,
// it is mended, and both ends agree again.

import { test } from 'playwright/test'
import type { Wallet } from '../kit/fixtures.ts'
import type { Witness } from '../kit/witness.ts'
import { type Fault, hold, type Scene } from './faults.ts'
import { attributesFor, expect, PERIOD } from './fixtures.ts'
import { agreement, DOUBT, expectedWait, FIRST_BEAT, lies, MARGIN, recoveryAfter } from './judge.ts'
import type { Cell } from './table.ts'

/** Longest time in which a wallet climbs from a relay to WebRTC, in ms: two attempts. */
const CLIMB_TIMEOUT = 30_000

/** Longest time for everything but the fault itself, in ms: a longest wait, a climb, and both starts. */
const REST_TIMEOUT = 150_000

/** Tries one fault on one route, and holds what both ends said against what may be asked of them. */
export async function tryFault(fault: Fault, scene: Scene, witness: Witness): Promise<Cell> {
  test.setTimeout(fault.outage + REST_TIMEOUT)
  const { route } = scene
  const wallet = await report(scene, scene.wallet)
  await bothAgree(scene, witness)

  const brokenAt = Date.now()
  const mend = await fault.break(scene)
  await hold(fault)
  if (fault.pageLives !== false) expect.soft(agreement(witness), 'while it lasts').toBe('')
  await mend()
  const survivor = fault.endsPage ? await report(scene, await scene.openWallet()) : wallet
  const mendedAt = Date.now()
  const unaware = fault.silentOn?.includes(route) ? Math.max(0, brokenAt + DOUBT - mendedAt) : 0
  const wait = unaware + (await expectedWait(survivor, mendedAt))
  const bound = boundOf(scene, fault, wait)
  await expect
    .poll(() => recoveryAfter(witness, mendedAt), { timeout: bound + CLIMB_TIMEOUT })
    .toBeDefined()
  await bothAgree({ ...scene, wallet: survivor }, witness)
  const settledAt = Date.now()
  await survivor.stop()
  await expect.poll(() => witness.latestRow?.connected).toBe(false)

  const cell: Cell = {
    fault: fault.name,
    route,
    during: witness.labels(brokenAt, mendedAt),
    after: witness.labels(mendedAt, settledAt),
    // A farewell is a beat that no event tells of.
    lost: Math.max(0, witness.sent.length - witness.received),
    doubles: witness.doubles,
    silence: witness.longestSilence(brokenAt, settledAt) / PERIOD,
    recovery: (recoveryAfter(witness, mendedAt) ?? Number.NaN) / PERIOD,
    bound: bound / PERIOD
  }
  const blind = fault.pageLives === false ? { from: brokenAt, to: mendedAt } : undefined
  expect.soft(lies(witness, blind), 'shown as arriving').toEqual([])
  expect.soft(cell.recovery, 'recovery, in periods').toBeLessThanOrEqual(cell.bound)
  if (!fault.harms.includes(route)) expectNothing(cell, fault, witness)
  return cell
}

/** The user of a fresh page agrees to report. */
async function report({ route, network }: Scene, wallet: Wallet): Promise<Wallet> {
  await wallet.embed(attributesFor(route, network))
  await wallet.start()
  return wallet
}

/** Waits until text and roster both say that beats arrive, by the route that they are to take. */
async function bothAgree({ wallet, network, route }: Scene, witness: Witness): Promise<void> {
  const patience = { timeout: CLIMB_TIMEOUT }
  await expect.poll(() => wallet.way(), patience).toBe(`beating/${route}`)
  await expect(wallet.page.locator('fil-heartbeat')).toContainText('Reporting')
  await expect
    .poll(async () => (await network.nodes())?.filter(({ status }) => status === 'beating'))
    .toMatchObject([{ route, connected: true }])
  const { received } = witness
  await expect.poll(() => witness.received).toBeGreaterThan(received + 2)
  expect(agreement(witness)).toBe('')
}

/** In ms: what the element said that it would wait, and a first beat; or hardly anything. */
function boundOf({ route }: Scene, { harms, allowedSilence }: Fault, wait: number): number {
  if (harms.includes(route)) return wait + FIRST_BEAT
  return (allowedSilence ?? 1.5 * PERIOD) + MARGIN
}

/** A fault that is none of this route's leaves no trace. */
function expectNothing(cell: Cell, { allowedSilence }: Fault, { looked }: Witness): void {
  const silence = ((allowedSilence ?? 1.5 * PERIOD) + MARGIN) / PERIOD
  expect.soft(cell.silence, 'longest silence, in periods').toBeLessThanOrEqual(silence)
  expect.soft(cell.lost, 'beats lost').toBe(0)
  expect.soft(cell.during.filter((label) => !/^Re(?:porting|sting)/.test(label))).toEqual([])
  const rows = looked.flatMap(({ rows = [] }) => rows)
  expect.soft(rows.filter(({ status, connected }) => connected && status === 'left')).toEqual([])
}
