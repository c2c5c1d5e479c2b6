// The wallet, as server and browser both draw it.

import 'fil-heartbeat/define'
import { lotusHttpHead, type View } from 'fil-heartbeat'
import type { FilHeartbeatElement } from 'fil-heartbeat/element'
import type {} from 'fil-heartbeat/react'
import { useEffect, useMemo, useRef, useState } from 'react'

/** Where everything is. */
export interface WalletProps {
  readonly target: string
  readonly relay: string
  /** URL of the wallet's provider. */
  readonly rpc: string
}

/** Where the user's choice is remembered. */
const CHOICE = 'wallet reports'

/** The whole wallet. */
export function Wallet({ target, relay, rpc }: WalletProps) {
  const heartbeat = useRef<FilHeartbeatElement>(null)
  const head = useMemo(() => lotusHttpHead(rpc), [rpc])
  const [verdict, setVerdict] = useState('unknown')
  // React gives a tag that it hydrates neither properties nor listeners, but does when they change.
  const [isHydrated, setHydrated] = useState(false)

  useEffect(() => {
    setHydrated(true)
    if (localStorage.getItem(CHOICE) === 'true') heartbeat.current?.start({ consent: true })
  }, [])

  const live = {
    head,
    'onfil-heartbeat-view': ({ detail }: CustomEvent<View>) => setVerdict(detail.verdict),
    'onfil-heartbeat-consent': ({ detail }: CustomEvent<{ consented: boolean }>) =>
      localStorage.setItem(CHOICE, `${detail.consented}`)
  }
  return (
    <main>
      <p>
        This wallet’s view of the chain: <output>{verdict}</output>
      </p>
      <fil-heartbeat
        ref={heartbeat}
        target={target}
        relay={relay}
        nickname="React wallet"
        {...(isHydrated && live)}
      />
    </main>
  )
}
