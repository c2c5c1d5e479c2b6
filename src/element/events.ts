import type { ClientState, SentBeat, View } from '../client/index.ts'

/** The events of the element; all bubble, and cross shadow boundaries. */
export interface FilHeartbeatEvents {
  /** The state or the view changed. */
  'fil-heartbeat-change': CustomEvent<{ state: ClientState; view: View }>
  /** Another verdict on the wallet's view of the chain. */
  'fil-heartbeat-view': CustomEvent<View>
  /** A beat left. */
  'fil-heartbeat-beat': CustomEvent<SentBeat>
  /** The user chose, in the element. */
  'fil-heartbeat-consent': CustomEvent<{ consented: boolean }>
  /** An option, a look or a head was wrong, or code could not be loaded; the element says so too. */
  'fil-heartbeat-error': CustomEvent<{ error: Error }>
}
