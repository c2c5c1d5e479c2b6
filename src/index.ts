/**
 * Heartbeats of a Filecoin light client over libp2p.
 *
 * ```ts
 * const client = createHeartbeatClient({
 *   target: '/p2p/12D3KooW…',
 *   relay: '/dns4/relay.example/tcp/443/wss/p2p/12D3KooW…'
 * })
 * client.setHead(() => wallet.chainHead())
 * await client.start({ consent: true })
 * ```
 *
 * @packageDocumentation
 */

export type * from './client/index.ts'
export { createHeartbeatClient } from './client/index.ts'
export { HeadError, MalformedError, OptionError, RouteError, UnreachableError } from './errors.ts'
export {
  callbackHead,
  type Eip1193Init,
  type Eip1193Provider,
  eip1193Head,
  fallbackHead,
  type Head,
  type HeadObserver,
  type HeadSource,
  type LotusHttpInit,
  type LotusWebSocketInit,
  lotusHttpHead,
  lotusWebSocketHead
} from './head/index.ts'
export {
  type Heartbeat,
  type HeartbeatComponents,
  type HeartbeatEvents,
  type HeartbeatInit,
  heartbeat,
  type TargetInit
} from './heartbeat/index.ts'
export { CALIBRATION, type Chain, type Duration, MAINNET } from './timing/index.ts'
