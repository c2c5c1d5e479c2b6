// The element in React 19's templates.

import type {} from 'fil-heartbeat/react'

export const right = (
  <fil-heartbeat
    target="/p2p/12D3KooW"
    miner-address="f01000"
    beatPeriod="30s"
    chain="calibration"
    className="header"
    variant="card"
    retention-days={7}
    onfil-heartbeat-consent={({ detail }) => detail.consented}
    onfil-heartbeat-change={({ detail }) => detail.state.phase}
    ref={(element) => void element?.retry()}
  />
)

// @ts-expect-error misspelt
export const misspelt = <fil-heartbeat targt="/p2p/12D3KooW" />

// @ts-expect-error no such chain
export const wrong = <fil-heartbeat chain="testnet" />

// @ts-expect-error attributes are text
export const number = <fil-heartbeat miner-address={1} />
