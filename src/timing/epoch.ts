import {
  CALIBRATION_GENESIS_TIMESTAMP,
  EPOCH_PERIOD,
  MAINNET_GENESIS_TIMESTAMP
} from '../constants.ts'

/** A Filecoin chain, as far as the clock can tell it from another. */
export interface Chain {
  /** CID of the genesis block, as text; absent where it is not known beforehand. */
  readonly genesis?: string
  /** When epoch 0 began, in Unix seconds. */
  readonly genesisTimestamp: number
  /** Length of an epoch, in ms. */
  readonly epochPeriod: number
}

/** Filecoin's mainnet. */
export const MAINNET: Chain = {
  genesisTimestamp: MAINNET_GENESIS_TIMESTAMP,
  epochPeriod: EPOCH_PERIOD
}

/** Filecoin's calibration network. */
export const CALIBRATION: Chain = {
  genesisTimestamp: CALIBRATION_GENESIS_TIMESTAMP,
  epochPeriod: EPOCH_PERIOD
}

/** The epoch that the clock expects at `now` (ms since 1970); negative before genesis. */
export function epochAt(chain: Chain, now: number): number {
  return Math.floor((now - chain.genesisTimestamp * 1_000) / chain.epochPeriod)
}

/** When an epoch begins, in ms since 1970. */
export function epochStart(chain: Chain, epoch: number): number {
  return chain.genesisTimestamp * 1_000 + epoch * chain.epochPeriod
}

/** How long after `now` (ms since 1970) the next epoch begins, in ms; never 0. */
export function untilNextEpoch(chain: Chain, now: number): number {
  return epochStart(chain, epochAt(chain, now) + 1) - now
}
