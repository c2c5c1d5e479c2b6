// The element in Vue's templates: what they check against is the type of the component's props.

import type {} from 'fil-heartbeat/vue'
import type { GlobalComponents } from 'vue'

type Props = InstanceType<GlobalComponents['fil-heartbeat']>['$props']

export const right: Props = {
  target: '/p2p/12D3KooW',
  'miner-address': 'f01000',
  chain: 'calibration',
  'onFil-heartbeat-change': ({ detail }) => detail.state.phase
}

// @ts-expect-error misspelt
export const misspelt: Props = { targt: '/p2p/12D3KooW' }

// @ts-expect-error no such chain
export const wrong: Props = { chain: 'testnet' }
