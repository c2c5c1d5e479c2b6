// <fil-heartbeat>: a client's state and view go in, a pill and a panel come out. This module has no
// side effects; define.ts registers the tag.

import type { ClientState, SentBeat, View } from '../client/index.ts'

export { FilHeartbeatElement } from './element.ts'

/** The events of the element; all bubble, and cross shadow boundaries. */
export interface FilHeartbeatEvents {
  /** The state or the view changed. */
  'fil-heartbeat-change': CustomEvent<{ state: ClientState; view: View }>
  /** Another verdict on the wallet's view of the chain. */
  'fil-heartbeat-view': CustomEvent<View>
  /** A beat left. */
  'fil-heartbeat-beat': CustomEvent<SentBeat>
  /** An option or a head was wrong; the element says so too. */
  'fil-heartbeat-error': CustomEvent<{ error: Error }>
}
