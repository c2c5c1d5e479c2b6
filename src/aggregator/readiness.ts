import type { RelayStatus } from '../net/server.ts'
import type { Readiness } from './api.ts'
import type { ReferenceStatus } from './reference.ts'
import type { StoreStatus } from './store/index.ts'
import type { WebhookStatus } from './webhook.ts'

/** What an aggregator needs to do its work. */
export interface ReadinessInput {
  /** It takes connections, and does not stop. */
  readonly isRunning: boolean
  /** It can be reached otherwise than through relays. */
  readonly hasOwnAddress: boolean
  readonly relays: readonly RelayStatus[]
  readonly references: readonly ReferenceStatus[]
  readonly store: StoreStatus | undefined
  readonly webhook: WebhookStatus | undefined
  /** Why verdicts stand still, where they do. */
  readonly frozen: string | undefined
}

/**
 * Whether wallets can reach an aggregator, and everything that is wrong besides: without history,
 * references or a webhook it still does its work for them.
 */
export function readinessOf(input: ReadinessInput): Readiness {
  const { isRunning, hasOwnAddress, relays, references, store, webhook, frozen } = input
  const isReachable = hasOwnAddress || relays.some(({ reserved }) => reserved)
  const problems = [
    ...(isRunning ? [] : ['it does not run']),
    ...relays.filter(({ reserved }) => !reserved).map(aboutRelay),
    ...references.flatMap(({ name, problem }) =>
      problem === undefined ? [] : [`reference ${name}: ${problem}`]
    ),
    ...(store?.state === 'failing' ? [`history: ${store.problem}`] : []),
    ...(webhook?.problem === undefined ? [] : [`webhook: ${webhook.problem}`]),
    ...(frozen === undefined ? [] : [frozen])
  ]
  return { ready: isRunning && isReachable, problems }
}

function aboutRelay({ address, problem }: RelayStatus): string {
  return `relay ${address}: ${problem ?? 'no reservation yet'}`
}
