/**
 * Heartbeats of a Filecoin light client over libp2p.
 *
 * In a page, where TARGET and RELAY are the addresses that an operator gives out:
 *
 * ```html
 * <script type="module" src="/dist/define.js"></script>
 * <fil-heartbeat target="TARGET" relay="RELAY" nickname="Demo wallet"></fil-heartbeat>
 * ```
 *
 * The element does nothing until its user agrees. `createHeartbeatClient` is the same without a
 * face, `heartbeat` the same for a libp2p node that is there already.
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
