// The element in Svelte's templates: what they check against is the type of the tag's attributes.

import type {} from 'fil-heartbeat/svelte'
import type { SvelteHTMLElements } from 'svelte/elements'

type Attributes = SvelteHTMLElements['fil-heartbeat']

export const right: Attributes = {
  target: '/p2p/12D3KooW',
  'miner-address': 'f01000',
  chain: 'calibration',
  'onfil-heartbeat-view': ({ detail }) => detail.verdict
}

// @ts-expect-error misspelt
export const misspelt: Attributes = { targt: '/p2p/12D3KooW' }

// @ts-expect-error misspelt
export const misspeltToo: Attributes = { 'miner-addres': 'f01000' }

// @ts-expect-error no such chain
export const wrong: Attributes = { chain: 'testnet' }
